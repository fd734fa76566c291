# The status page in a real browser.
## make browser      the status page in headless Chromium, with hostile expectations on it; part of `make check`
## make screenshot   tests/browser/status-page.png, the picture of the README

SUITES += browser
browser_dir = WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/browser)}

.PHONY: screenshot
run-browser: $(MODULE)
	$(Q)$(browser_dir) $(SUITE) run browser tap tests/browser/run.py
screenshot: $(MODULE)
	$(Q)$(browser_dir) tests/browser/screenshot.py tests/browser/status-page.png
