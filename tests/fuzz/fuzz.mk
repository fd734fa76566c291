# The fuzz targets: fuzz_NAME.cpp each, with seeds in corpus/NAME/. See README.md beside this file.
## make fuzz         libFuzzer on each target for FUZZ_SECONDS (60), or on FUZZ_TARGETS='field policy' alone
## make fuzz-fast    the same without sanitizers, for numbers, on the corpora that `make fuzz` found
## make fuzz-replay  the seeds of every target, without libFuzzer; part of `make check`
## make fuzz-machines  the same and what `make fuzz` learnt, compiled for 32 bits, arm64 and s390x, under qemu-user
## make fuzz-wire    the same bytes to httpd with and without the module, for SECONDS=60; a short run is part of `make check`

FUZZ_SECONDS ?= 60
fuzz_sources := $(wildcard tests/fuzz/fuzz_*.cpp)
FUZZ_TARGETS ?= $(fuzz_sources:tests/fuzz/fuzz_%.cpp=%)
FUZZ_CXX ?= clang++
FUZZ := $(BUILD)/fuzz
fuzz_replays := $(fuzz_sources:tests/fuzz/%.cpp=$(FUZZ)/replay/%)
fuzz_common = -std=c++17 -g $(WARNINGS) $(CPPFLAGS) $(CXXFLAGS) -Iinclude
fuzz_flags = $(fuzz_common) -O1 -fno-omit-frame-pointer -fno-sanitize-recover=all

SUITES += fuzz-replay fuzz-wire-check
TEST_PROGRAMS += $(fuzz_replays)

.PHONY: fuzz fuzz-fast fuzz-machines
run-fuzz-replay: $(fuzz_replays)
	$(Q)$(SUITE) run fuzz-replay tap tests/fuzz/replay.sh $(abspath $(FUZZ)/replay)

SECONDS ?= 60
SEED ?=
WIRE = WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(FUZZ)/wire)} PYTHONDONTWRITEBYTECODE=1
.PHONY: fuzz-wire
fuzz-wire: $(MODULE)
	$(Q)$(WIRE) tests/fuzz/wire/run.py --seconds $(SECONDS) $(if $(SEED),--seed $(SEED))
run-fuzz-wire-check: $(MODULE)
	$(Q)$(WIRE) $(SUITE) run fuzz-wire-check tap tests/fuzz/wire/run.py --seed 1 --cases 200 --tap

# clang++ has to bring libFuzzer: Debian's clang does, by libclang-rt-14-dev.
fuzz: $(FUZZ_TARGETS:%=$(FUZZ)/bin/fuzz_%)
	$(Q)tests/fuzz/run.sh $(FUZZ_SECONDS) $(abspath $(FUZZ)/bin) $(abspath $(FUZZ)) $(FUZZ_TARGETS)

fuzz-fast: $(FUZZ_TARGETS:%=$(FUZZ)/fast/fuzz_%)
	$(Q)tests/fuzz/run.sh $(FUZZ_SECONDS) $(abspath $(FUZZ)/fast) $(abspath $(FUZZ)) $(FUZZ_TARGETS)

fuzz-machines:
	$(Q)tests/fuzz/machines.sh $(abspath $(FUZZ))

$(FUZZ)/fast/%: tests/fuzz/%.cpp tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(say) FUZZ $<
	$(Q)$(FUZZ_CXX) $(fuzz_common) -O2 -fsanitize=fuzzer -MMD -MP -MF $@.d -MT $@ -o $@ $<

$(FUZZ)/bin/%: tests/fuzz/%.cpp tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(say) FUZZ $<
	$(Q)$(FUZZ_CXX) $(fuzz_flags) -fsanitize=fuzzer,address,undefined -MMD -MP -MF $@.d -MT $@ -o $@ $<

$(FUZZ)/replay/%: tests/fuzz/%.cpp tests/fuzz/replay.cpp tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(CXX) $(fuzz_flags) -fsanitize=address,undefined -MMD -MP -MF $@.d -MT $@ -c -o $@.o $<
	$(Q)$(CXX) $(fuzz_flags) -fsanitize=address,undefined -o $@ $@.o tests/fuzz/replay.cpp

-include $(wildcard $(FUZZ)/bin/*.d $(FUZZ)/fast/*.d $(FUZZ)/replay/*.d)
