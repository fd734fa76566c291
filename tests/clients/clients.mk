## make clients-table what each client makes of each answer, written to tests/clients/RESULTS.md
.PHONY: clients-table
clients-table: $(MODULE)
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/clients)} tests/clients/table.py
