# The benchmark. No figure decides a test; `make check` does not come here.
#
## make bench        cost beside the alternatives, into tests/bench/RESULTS.md (BENCH=instructions for a part alone); 20 minutes
## make bench-vain   of it, uploads that nobody reads: what httpd alone and mod_expect have sent; takes a minute

# Parts: instructions tls sections curves throughput uploads flood vain startup core profile. Besides: report writes the
# report anew from what was kept.
BENCH ?=
export CORE_BENCH = $(abspath $(BUILD)/bench-core/core_bench)

.PHONY: bench bench-here bench-vain
# What is missing is installed first; only then can make read what apxs says, so make is called again.
bench:
	$(Q)CXX='$(CXX)' APXS='$(APXS)' tests/checks/install_missing.sh build run
	$(Q)APXS='$(APXS)' tests/bench/install_missing.sh
	$(Q)$(MAKE) --no-print-directory bench-here

bench-vain:
	$(Q)APXS='$(APXS)' tests/checks/unpack_missing.sh php-fpm
	$(Q)$(MAKE) --no-print-directory bench-here BENCH=vain

bench-here: $(MODULE) $(if $(wildcard tests/bench/core/core_bench.cpp),$(CORE_BENCH))
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/bench)} tests/bench/run.py $(BENCH)

# Compiled as the module is, so that the same code is counted.
$(CORE_BENCH): tests/bench/core/core_bench.cpp $(wildcard include/expect/*.hpp) $(OUT)/flags
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(CXX) $(MODULE_CXXFLAGS) -Iinclude -o $@ $<

## make bench-ask    what asking an application costs, beside nginx with auth_request, into tests/bench/ASK.md; half a minute
.PHONY: bench-ask
bench-ask: $(MODULE)
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/bench)} tests/bench/ask_cost.py
