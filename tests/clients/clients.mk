## make clients-table what each client makes of each answer, as the Markdown table of the README
.PHONY: clients-table
clients-table: $(MODULE)
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/clients)} tests/clients/table.py
