# What takes minutes: load and faults, sanitizers under httpd, memcheck. `make check` does not come here.
## make soak         load through restarts, killed children and scarce resources (SOAK_SECONDS=600 MPM=event)
## make memcheck     valgrind over httpd in one process, at two counts of requests
## make sanitize     e2e with AddressSanitizer and UBSan; the soak with ThreadSanitizer under event and worker

SOAK_SECONDS ?= 600
SANITIZE_SECONDS ?= 90
soak_dir = SOAK_DIR=$${SOAK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/soak)}
# A report is looked for in the log; an exit status of the sanitizer's own would tell httpd that a child failed.
export TSAN_OPTIONS ?= report_signal_unsafe=0 exitcode=0

.PHONY: soak memcheck sanitize
soak: $(MODULE)
	$(Q)$(soak_dir) tests/soak/soak.py $(SOAK_SECONDS)

memcheck: $(MODULE)
	$(Q)$(soak_dir) tests/soak/memcheck.py

sanitize:
	$(Q)$(MAKE) --no-print-directory e2e SANITIZER=address,undefined
	$(Q)for mpm in event worker; do \
	    $(MAKE) --no-print-directory soak SANITIZER=thread MPM=$$mpm SOAK_SECONDS=$(SANITIZE_SECONDS); done
