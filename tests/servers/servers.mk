# Other servers in front of httpd with the module and behind it, and nginx with the files of conf/nginx/.
## make servers      HAProxy, Varnish, Squid and nginx in front of a private httpd, backends behind it; part of `make check`
## make servers-table what each of them makes of an expectation, as the Markdown table of tests/servers/RESULTS.md
## make backends-table early answers of backends and what backends see of the field; written to RESULTS.md

SUITES += servers
servers_dir = WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/servers)}

.PHONY: servers-table backends-table
run-servers: $(MODULE)
	$(Q)$(servers_dir) $(SUITE) run servers tap tests/servers/run.py
servers-table: $(MODULE)
	$(Q)$(servers_dir) tests/servers/table.py
backends-table: $(MODULE)
	$(Q)$(servers_dir) tests/servers/behind/table.py
