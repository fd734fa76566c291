# What takes minutes: load and faults, sanitizers under httpd, memcheck. `make check` does not come here.
## make soak         load through restarts, killed children and scarce resources (SOAK_SECONDS=600 MPM=event)
## make memcheck     valgrind over httpd in one process, at two counts of requests
## make restarts     a thousand graceful restarts with changed rules: the counters and their memory (RESTARTS=1000)
## make scale        10,000 hosts, rules and sections, a million requests, a thousand restarts under load (SCALE='REQUESTS RESTARTS')
## make sanitize     e2e with AddressSanitizer and UBSan; the soak with ThreadSanitizer under event and worker

SOAK_SECONDS ?= 600
SANITIZE_SECONDS ?= 90
RESTARTS ?= 1000
SCALE ?=
soak_dir = WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/soak)}
# A report is looked for in the log; an exit status of the sanitizer's own would tell httpd that a child failed.
export TSAN_OPTIONS ?= report_signal_unsafe=0 exitcode=0

# Gives the module memory of exact size where it asks a pool, so that memcheck and AddressSanitizer see its bounds.
exact_pool := $(abspath $(BUILD))/soak-probe/exact_pool.so
libasan = $(realpath $(shell $(CXX) -print-file-name=libasan.so))
libtsan = $(realpath $(shell $(CXX) -print-file-name=libtsan.so))
$(exact_pool): tests/soak/probe/exact_pool.cpp $(CONFIG)
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(CXX) -std=c++17 -O1 -g $(WARNINGS) -D_GNU_SOURCE -shared -fPIC $(HTTPD_CPPFLAGS) -o $@ $< $$($$($(APXS) -q APR_CONFIG) --link-ld) -ldl

.PHONY: soak scale memcheck restarts sanitize
soak: $(MODULE)
	$(Q)$(soak_dir) tests/soak/soak.py $(SOAK_SECONDS)

scale: $(MODULE)
	$(Q)$(soak_dir) tests/soak/scale.py $(SCALE)

memcheck: $(MODULE) $(exact_pool)
	$(Q)$(soak_dir) HTTPD_LD_PRELOAD=$(exact_pool) tests/soak/memcheck.py

# A test of `make check`, which goes through a dozen.
restarts:
	$(Q)RESTARTS=$(RESTARTS) $(MAKE) --no-print-directory e2e \
	    E2E_ARGS='--run_test=counter_memory_tests/one_mapping_after_many_restarts'

sanitize: $(exact_pool)
	$(Q)$(MAKE) --no-print-directory e2e SANITIZER=address,undefined HTTPD_LD_PRELOAD=$(libasan):$(exact_pool)
	$(Q)for mpm in event worker; do \
	    EXACT_POOL=all $(MAKE) --no-print-directory soak SANITIZER=thread HTTPD_LD_PRELOAD=$(libtsan):$(exact_pool) \
	        MPM=$$mpm SOAK_SECONDS=$(SANITIZE_SECONDS); done
