# The part of the end-to-end tests that depends on how httpd serves connections, under each MPM.
## make e2e-mpms     the tests of wire, company and desynchronisation under prefork, worker and event

MPMS ?= prefork worker event
wire_suites := verdict wire action syntax smuggling proxy h2 section_wire section_http2 ways_in segments limits \
    company company_modules company_handlers desync desync_forms known_attacks counters counters_shared
wire_tests := $(subst $(space),$(comma),$(addsuffix _tests,$(wire_suites)))

.PHONY: e2e-mpms
e2e-mpms: $(TESTS)/e2e_tests $(MODULE)
	$(Q)for mpm in $(MPMS); do MPM=$$mpm E2E_DIR=$${E2E_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/e2e-mpms)}/$$mpm \
	    $(SUITE) run e2e-$$mpm boost $< --run_test=$(wire_tests) $(E2E_ARGS); done
	$(Q)$(SUITE) sum $(addprefix e2e-,$(MPMS))
