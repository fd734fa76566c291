# What an attacker does who has the README and the module, and not the source. `make check` does not come here.
## make blackbox     conversations and fields by chance, hostile load, an administrator's mistakes (BLACKBOX_SEED=1 BLACKBOX_SECONDS=60)
## make blackbox-faults what that found and nobody has mended yet, a failing case each

BLACKBOX_SEED ?= 1
BLACKBOX_SECONDS ?= 60
blackbox_dir = WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/blackbox)}
conversations = $(Q)$(blackbox_dir) tests/blackbox/conversations.py $(BLACKBOX_SEED) $(BLACKBOX_SECONDS)

.PHONY: blackbox blackbox-faults
blackbox: $(MODULE)
	$(conversations) event direct
	$(conversations) event haproxy
	$(conversations) event nginx
	$(conversations) prefork direct
	$(conversations) worker direct
	$(Q)$(blackbox_dir) tests/blackbox/fields.py $(BLACKBOX_SEED) $(BLACKBOX_SECONDS)
	$(Q)$(blackbox_dir) tests/blackbox/load.py flood
	$(Q)$(blackbox_dir) tests/blackbox/load.py connections
	$(Q)$(blackbox_dir) tests/blackbox/load.py kept
	$(Q)$(blackbox_dir) tests/blackbox/mistakes.py

blackbox-faults: $(MODULE)
	$(Q)$(blackbox_dir) tests/blackbox/faults.py
