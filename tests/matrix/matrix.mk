# Requests of every kind, whose content is always a request in disguise; tests/matrix/run.py tells which.
## make desync       each pair of two dimensions of the desynchronisation matrix, and behind HAProxy and nginx; part of `make check`
## make matrix       COUNT=20000 cells of it by chance, SEED=n the same ones again; run.py runs one cell by its name

SUITES += desync
COUNT ?= 20000
SEED ?=
matrix_dir = WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/matrix)}

.PHONY: matrix
run-desync: $(MODULE)
	$(Q)$(matrix_dir) $(SUITE) run desync tap tests/matrix/check.sh
matrix: $(MODULE)
	$(Q)$(matrix_dir) tests/matrix/run.py some $(COUNT) $(SEED)
