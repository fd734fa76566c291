## make suite-table  write the table of suites in tests/README.md, as the checks expect it

.PHONY: suite-table
suite-table:
	$(Q)tests/checks/check_suite_table.py --write
