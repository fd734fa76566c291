# What conf/monitoring/ has for Prometheus, Grafana and fail2ban, against a private httpd.
## make monitoring   scrape configuration, alerts, dashboard and fail2ban filter; part of `make check`

SUITES += monitoring

run-monitoring: $(MODULE)
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/monitoring)} $(SUITE) run monitoring tap tests/monitoring/run.py
