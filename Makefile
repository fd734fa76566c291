# mod_expect: every command a person needs; `make help` lists them.
#
# Variables: V=1 (show commands), CXX=clang++, CXXFLAGS=... (added to ours), SANITIZER=address,undefined or
# thread, APXS=/path/to/apxs (another httpd), DESTDIR=... (install), PORT=8417 (run), NPROC=2.

# Spelt here and nowhere else in what is compiled; the packages' own histories are checked against it.
VERSION := 0.2.0

# A misspelt variable expands to nothing without a word; this makes it a warning.
MAKEFLAGS += --warn-undefined-variables --no-builtin-rules
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:

V ?= 0
APXS ?= apxs
SANITIZER ?=
CXXFLAGS ?=
CPPFLAGS ?=
LDFLAGS ?=
DESTDIR ?=
FORCE ?=
PORT ?= 8417
NPROC ?= $(shell nproc 2>/dev/null || echo 2)

comma := ,
quote := '
empty :=
space := $(empty) $(empty)
BUILD := build
# A sanitizer build lives beside the plain one: build/address-undefined/mod_expect.so
OUT := $(BUILD)$(if $(SANITIZER),/$(subst $(comma),-,$(SANITIZER)))
MODULE := $(OUT)/mod_expect.so

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-8s %s\n'
endif

# ---------------------------------------------------------------------------------------------- help

define HELP
make              build $(BUILD)/mod_expect.so
make check        everything that must hold: the parts below and the checks; ends with "N passed, N failed"
make run          a private httpd with the demonstration policy on 127.0.0.1:$(PORT), ended by Ctrl-C
make unit         tests of the core (Boost.Test, AddressSanitizer and UBSan)
make e2e          tests against private httpds (E2E_ARGS='--run_test=suite/case' for some)
make clients      ten client programs and libraries as people use them, against private httpds
make checks       layers, symbols, names, documentation, configuration files, format
make lint         clang-tidy, shellcheck, and both compilers with warnings as errors
make format       write the format that the checks expect
make coverage     lines of the core that the unit tests reach
make install      the module and its configuration files where httpd looks for them (DESTDIR=...)
make uninstall    undo it; refused while httpd reads directives that need the module (FORCE=1: all the same)
make dist         $(BUILD)/mod_expect-$(VERSION).tar.gz
make deb          Debian's package, below $(BUILD)/deb/
make rpm          Fedora's package, below $(BUILD)/rpm/
make deps         install the Debian packages that `make check` would miss
make clean        remove $(BUILD)/

Variables: V=1  CXX=clang++  CXXFLAGS=...  SANITIZER=address,undefined|thread  APXS=...  DESTDIR=...  PORT=...
endef

.PHONY: help
help:
	$(info $(HELP))
	@for file in $(MODULE_MAKEFILES); do sed -n 's/^## //p' $$file; done

# The parts of the tests that have targets of their own bring them along; a line "## make x  text" is help.
MODULE_MAKEFILES := $(wildcard tests/*/*.mk)

# ---------------------------------------------------------------------------------------- the machine

# Nothing above or below may ask apxs while make reads this file: `make check`, `make run`, `make bench` and
# `make lint` are first commands on machines that have no apxs yet. They install what is missing and then call
# make again; what apxs says is kept in a file that only goals which need it include.
CONFIG := $(BUILD)/config.mk
GOALS_WITHOUT_CONFIG := help deps check run bench lint clean format dist deb rpm check-packages check-here
ifneq ($(filter-out $(GOALS_WITHOUT_CONFIG),$(or $(MAKECMDGOALS),all)),)
include $(CONFIG)
else
CONFIGURED_APXS := $(APXS)
endif
CONFIGURED_APXS ?= $(APXS)

ifneq ($(CONFIGURED_APXS),$(APXS))
$(CONFIG): FORCE
endif
$(CONFIG): Makefile
	$(Q)command -v $(APXS) >/dev/null || { echo "$(APXS) not found. It is in one package: apache2-dev on Debian and" \
	    "Ubuntu, httpd-devel on Fedora. APXS=/path/to/apxs names that of another httpd." >&2; exit 1; }
	$(Q)mkdir -p $(@D)
	$(Q)query() { $(APXS) -q "$$1" 2>/dev/null; }; apr=$$(query APR_CONFIG); { \
	    echo "CONFIGURED_APXS := $(APXS)"; \
	    echo "LIBTOOL := $$($$apr --apr-libtool)"; \
	    echo "export HTTPD := $$(query sbindir)/$$(query progname)"; \
	    echo "export HTTPD_MODULES := $$(query libexecdir)"; \
	    echo "CONF_DIR := $$(query sysconfdir)"; \
	    echo "HTTPD_CPPFLAGS := $$($$apr --cppflags) -isystem $$(query includedir) -isystem $$($$apr --includedir)"; \
	} > $@

.PHONY: deps check run FORCE
deps:
	$(Q)CXX='$(CXX)' APXS='$(APXS)' tests/checks/install_missing.sh build run check
	$(Q)APXS='$(APXS)' tests/checks/unpack_missing.sh apache2 security2 php-fpm fail2ban
FORCE:

# --------------------------------------------------------------------------------------------- module

WARNINGS := -Wall -Wextra -Wpedantic
SANITIZE := $(if $(SANITIZER),-fsanitize=$(SANITIZER) -fno-omit-frame-pointer)

# Without exceptions and run-time types the object needs nothing of libstdc++, so that httpd, a C program
# linked by the C driver, loads it with libc alone. The flags of distributions ask for what would undo that
# (Fedora: -fexceptions, _GLIBCXX_ASSERTIONS), hence these come last.
LIBC_ALONE := -fno-exceptions -fno-rtti -Wp,-U_GLIBCXX_ASSERTIONS

# The directory of the build would be in the debug information, and two builds of one source never the same file.
# A compiler takes its own directory from PWD, which may come through a symbolic link.
export PWD := $(CURDIR)
SAME_ANYWHERE := -ffile-prefix-map='$(CURDIR)=.'

DEFINE_VERSION := -DMOD_EXPECT_VERSION=$(VERSION)
MODULE_CXXFLAGS = -std=c++17 -O2 -g -fvisibility=hidden -fno-plt $(WARNINGS) $(SANITIZE) $(SAME_ANYWHERE) \
    $(DEFINE_VERSION) $(CPPFLAGS) $(CXXFLAGS) $(LIBC_ALONE)

# apxs compiles .c files only (`apxs -c file.cpp` silently builds an empty module), hence libtool's compile
# mode here. Tag CC whatever the compiler is: the libtool that comes with APR knows no tag CXX.
# One error ends it, so that an httpd that is not supported is told in one line.
COMPILE_MODULE = $(LIBTOOL) --silent --tag=CC --mode=compile $(CXX) -shared $(MODULE_CXXFLAGS) -Iinclude \
    $(HTTPD_CPPFLAGS) -Wfatal-errors -MMD -MP

# What apxs links with (-lpcre2-8 on Debian) is httpd's need, not ours. A sanitizer's runtime has to come
# from the compiler that put the calls there. httpd looks for one symbol; a table of the C++ library among the
# others (STB_GNU_UNIQUE) would keep a replaced module from being loaded at a reload.
LINK_MODULE = $(APXS) -c $(if $(SANITIZER),-S CC=$(CXX) -Wl$(comma)-fsanitize=$(SANITIZER)) \
    -Wl,'-export-symbols-regex ^expect_module$$' -Wl,-Wl,--as-needed $(addprefix -Wl$(comma),$(LDFLAGS))

.PHONY: all module
all: module
	@echo
	@echo "  $(MODULE) is ready. \`make check\` tests it, \`make run\` shows it."
module: $(MODULE)

# Rebuild when the compiler or a flag is another than last time.
$(OUT)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst $(quote),,$(CXX) $(MODULE_CXXFLAGS) $(LDFLAGS) $(APXS))' > $@.now
	@cmp -s $@.now $@ && rm -f $@.now || mv $@.now $@

$(OUT)/module/mod_expect.lo: mod_expect.cpp $(OUT)/flags $(CONFIG)
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(COMPILE_MODULE) -MF $(OUT)/module/mod_expect.d -MT $@ -c -o $@ $<

$(OUT)/module/mod_expect.la: $(OUT)/module/mod_expect.lo
	$(say) APXS $@
	$(Q)$(LINK_MODULE) -o $@ $< $(if $(filter 1,$(V)),,>$(OUT)/module/link.log 2>&1 || { cat $(OUT)/module/link.log >&2; exit 1; })

$(MODULE): $(OUT)/module/mod_expect.la tests/checks/runtime_symbols.sh
	$(say) CHECK $@
	$(Q)$(if $(SANITIZER),:,tests/checks/runtime_symbols.sh $(OUT)/module/.libs/mod_expect.so)
	@# Put in place whole: a running httpd has the old file mapped.
	$(Q)cp $(OUT)/module/.libs/mod_expect.so $@.new && mv -f $@.new $@

-include $(wildcard $(OUT)/module/*.d)

# ---------------------------------------------------------------------------------------------- tests

TESTS := $(BUILD)/tests
SUITE := tests/checks/suite.py
export SUITE_RESULTS := $(BUILD)/results
# Packages that are used without being installed.
export UNPACKED := $(abspath $(BUILD)/packages)
# Out-of-bounds reads of the core must end a test, not go unseen; the module itself is tested as it ships.
TEST_SANITIZER ?= address,undefined
# Boost.PropertyTree of some versions includes a header of Boost.Bind that talks about itself.
TEST_CXXFLAGS = -std=c++17 -O1 -g $(WARNINGS) -DBOOST_TEST_DYN_LINK -DBOOST_BIND_GLOBAL_PLACEHOLDERS $(CPPFLAGS) \
    $(CXXFLAGS)
UNIT_SANITIZE := -fsanitize=$(TEST_SANITIZER) -fno-sanitize-recover=all -fno-omit-frame-pointer
UNIT_ARGS ?=
E2E_ARGS ?=

# Suites may lie in folders by theme. What a test loads into httpd is built by that test.
unit_sources := $(wildcard tests/unit/*.cpp tests/unit/*/*.cpp)
e2e_sources := $(filter-out tests/e2e/probe/%,$(wildcard tests/e2e/*.cpp tests/e2e/*/*.cpp))
unit_objects := $(unit_sources:tests/%.cpp=$(TESTS)/%.o)
e2e_objects := $(e2e_sources:tests/%.cpp=$(TESTS)/%.o)

# A suite is in the file of its name, so where --run_test names suites, no others are built: the program is then
# build/tests/e2e/wire_tests, say. A pattern may name any, and the name of a file has an end.
chosen = $(if $(findstring *,$1)$(findstring !,$1)$(findstring @,$1)$(word 8,$(named)),,$(named))
named = $(sort $(foreach word,$(patsubst --run_test=%,%,$(filter --run_test=%,$1)), \
    $(subst $(comma),$(space),$(firstword $(subst /,$(space),$(word))))))
unit_chosen := $(call chosen,$(UNIT_ARGS))
e2e_chosen := $(call chosen,$(E2E_ARGS))
unit_program := $(TESTS)/$(if $(unit_chosen),unit/$(subst $(space),+,$(unit_chosen)),unit_tests)
e2e_program := $(TESTS)/$(if $(e2e_chosen),e2e/$(subst $(space),+,$(e2e_chosen)),e2e_tests)
objects_of = $(filter-out %_tests.o %_compiles.o,$2) $(filter $(addprefix %/,$(addsuffix .o,$1)),$2)
suites_in = $(filter %_tests,$(basename $(notdir $1)))
no_such_unit := $(filter-out $(call suites_in,$(unit_sources)),$(unit_chosen))
no_such_e2e := $(filter-out $(call suites_in,$(e2e_sources)),$(e2e_chosen))

$(unit_objects): private test_flags := $(UNIT_SANITIZE) -Itests/unit -Iinclude
$(e2e_objects): private test_flags := -Itests/e2e -Iinclude

$(TESTS)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst $(quote),,$(CXX) $(TEST_CXXFLAGS) $(UNIT_SANITIZE) $(LDFLAGS))' > $@.now
	@cmp -s $@.now $@ && rm -f $@.now || mv $@.now $@

$(unit_objects) $(e2e_objects): $(TESTS)/%.o: tests/%.cpp $(TESTS)/flags
	@mkdir -p $(@D)
	$(say) CXX $<
	$(Q)$(CXX) $(TEST_CXXFLAGS) $(test_flags) -MMD -MP -c -o $@ $<

$(TESTS)/unit_tests: $(unit_objects)
$(TESTS)/e2e_tests: $(e2e_objects)
$(if $(unit_chosen),$(eval $(unit_program): $(call objects_of,$(unit_chosen),$(unit_objects))))
$(if $(e2e_chosen),$(eval $(e2e_program): $(call objects_of,$(e2e_chosen),$(e2e_objects))))
$(sort $(TESTS)/unit_tests $(unit_program)): private link_flags := $(UNIT_SANITIZE)
$(sort $(TESTS)/e2e_tests $(e2e_program)): private link_flags := -pthread
$(sort $(TESTS)/unit_tests $(TESTS)/e2e_tests $(unit_program) $(e2e_program)):
	$(say) LINK $@
	$(Q)$(CXX) $(link_flags) $(LDFLAGS) -o $@ $^ -lboost_unit_test_framework

.PHONY: no-such-unit no-such-e2e
no-such-unit no-such-e2e: no-such-%:
	@echo 'There is no suite $(no_such_$*). A suite has the name of its file:' \
	    '$(sort $(call suites_in,$($*_sources)))' >&2; exit 1

-include $(patsubst %.o,%.d,$(unit_objects) $(e2e_objects))

# Where the private httpds of the tests and of `make run` find what they need. httpd itself is built without
# the sanitizer, whose runtime has to be loaded before everything else.
export APXS CXX
export EXPECT_MODULE = $(abspath $(MODULE))
ifneq ($(and $(SANITIZER),$(findstring clang,$(CXX))),)
$(error SANITIZER needs CXX=g++: httpd can only preload a shared runtime, and clang has none for threads)
endif
ifneq ($(SANITIZER),)
sanitizer_runtime = $(if $(findstring thread,$(SANITIZER)),libtsan.so,libasan.so)
export HTTPD_LD_PRELOAD = $(realpath $(shell $(CXX) -print-file-name=$(sanitizer_runtime)))
# httpd leaves its pools to the kernel at exit.
export ASAN_OPTIONS ?= detect_leaks=0
endif

# The suites of `make check`, in this order. Each has a target run-<suite> that leaves its counts behind;
# a suite that cannot even be built counts as one failure, and the others still run.
SUITES := unit e2e clients checks
TEST_PROGRAMS := $(MODULE) $(TESTS)/unit_tests $(TESTS)/e2e_tests
# tests/fuzz/fuzz.mk and the like may add suites (with a rule run-<suite>) and programs.
include $(MODULE_MAKEFILES)

.PHONY: $(SUITES) $(addprefix run-,$(SUITES)) check-here programs
run-unit: $(if $(no_such_unit),no-such-unit,$(unit_program))
	$(Q)$(SUITE) run unit boost $< $(UNIT_ARGS)
run-e2e: $(if $(no_such_e2e),no-such-e2e,$(e2e_program) $(MODULE))
	$(Q)E2E_DIR=$${E2E_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/e2e)} $(SUITE) run e2e boost $< $(E2E_ARGS)
run-clients: $(MODULE)
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/clients)} $(SUITE) run clients tap tests/clients/run.py
run-checks: $(MODULE)
	$(Q)WORK_DIR=$${WORK_DIR:-$$(tests/checks/work_dir.sh $(BUILD)/checks)} $(SUITE) run checks tap tests/checks/run.sh

$(SUITES): %: run-%
	$(Q)$(SUITE) sum $@

# What is missing is installed first; only then can make read what apxs says, so make is called again.
check: deps
	$(Q)$(MAKE) --no-print-directory check-here

programs: $(TEST_PROGRAMS)

check-here:
	$(Q)rm -rf $(BUILD)/results
	$(Q)$(MAKE) --no-print-directory -k -j$(NPROC) programs || true
	$(Q)for suite in $(SUITES); do $(MAKE) --no-print-directory run-$$suite || true; done
	$(Q)$(SUITE) sum $(SUITES)

# ----------------------------------------------------------------------------------------------- lint

.PHONY: lint lint-here format coverage
FORMATTED = $(wildcard mod_expect.cpp include/*/*.hpp include/*/*/*.hpp tests/*/*.cpp tests/*/*.hpp tests/*/*/*.cpp tests/*/*/*.hpp)
SCRIPTS = $(wildcard .ci/run conf/*.sh conf/*/*.sh tests/*/*.sh)
CLANG_FORMAT ?= $(shell command -v clang-format-14 || echo clang-format)

lint:
	$(Q)APXS='$(APXS)' tests/checks/install_missing.sh build lint
	$(Q)$(MAKE) --no-print-directory lint-here

lint-here:
	$(Q)for compiler in g++ clang++; do \
	    $(MAKE) --no-print-directory module CXX=$$compiler BUILD=$(BUILD)/lint/$$compiler CXXFLAGS=-Werror; done
	$(say) LINT 'as on ARM, where char is unsigned'
	$(Q)$(MAKE) --no-print-directory module BUILD=$(BUILD)/lint/arm CXXFLAGS='-Werror -funsigned-char'
	$(say) TIDY 'mod_expect.cpp and what it includes'
	$(Q)clang-tidy --quiet mod_expect.cpp -- -x c++ -std=c++17 -fno-exceptions -fno-rtti -Iinclude $(DEFINE_VERSION) $(HTTPD_CPPFLAGS)
	$(say) SHELL '$(SCRIPTS)'
	$(Q)shellcheck -x $(SCRIPTS)
	$(Q)CLANG_FORMAT=$(CLANG_FORMAT) tests/checks/format.sh

format:
	$(Q)$(CLANG_FORMAT) -i $(FORMATTED)

coverage:
	$(Q)$(MAKE) --no-print-directory run-unit BUILD=$(BUILD)/coverage TEST_SANITIZER=undefined \
	    CXXFLAGS='--coverage -O0' LDFLAGS=--coverage
	$(Q)tests/checks/coverage.sh $(BUILD)/coverage/tests/unit

# ------------------------------------------------------------------------------------------------ run

run:
	$(Q)CXX='$(CXX)' APXS='$(APXS)' tests/checks/install_missing.sh build run
	$(Q)$(MAKE) --no-print-directory run-here

.PHONY: run-here
run-here: $(MODULE)
	$(Q)conf/demo/run.sh $(PORT)

# -------------------------------------------------------------------------------------------- install

# What goes where, what is never overwritten, and when nothing is removed, is told in the script.
INSTALL_ENV = DESTDIR='$(DESTDIR)' HTTPD='$(HTTPD)' HTTPD_MODULES='$(HTTPD_MODULES)' CONF_DIR='$(CONF_DIR)' APXS='$(APXS)'

.PHONY: install uninstall
install: module
	$(Q)$(INSTALL_ENV) conf/install.sh install $(OUT)/module/mod_expect.la
uninstall:
	$(Q)$(INSTALL_ENV) FORCE='$(FORCE)' conf/install.sh uninstall

# ------------------------------------------------------------------------------------------- packages

# Both packages are built from the tarball, as others would build them.
TARBALL := $(BUILD)/mod_expect-$(VERSION).tar.gz
RPMBUILD_FLAGS ?=

.PHONY: dist deb rpm
dist:
	$(Q)conf/dist.sh $(BUILD) mod_expect-$(VERSION)
deb:
	$(Q)APXS='$(APXS)' tests/checks/install_missing.sh deb
	$(Q)$(MAKE) --no-print-directory dist >/dev/null
	$(Q)conf/debian/build.sh $(BUILD) $(TARBALL)
rpm: dist
	$(Q)command -v rpmbuild >/dev/null || { echo "rpmbuild not found: the package rpm-build has it" >&2; exit 1; }
	@# Without the options of this make, which the one of the spec file must not inherit.
	$(Q)env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES rpmbuild -ba --define '_topdir $(abspath $(BUILD))/rpm' \
	    --define '_sourcedir $(abspath $(BUILD))' $(RPMBUILD_FLAGS) conf/rpm/mod_expect.spec

.PHONY: clean
clean:
	$(Q)rm -rf $(BUILD)
