# mod_expect: every command a person needs; `make help` lists them.
#
# Variables: V=1 (show commands), CXX=clang++, CXXFLAGS=... (added to ours), SANITIZER=address,undefined or
# thread, APXS=/path/to/apxs (another httpd), DESTDIR=... (install), PORT=8417 (run), NPROC=2.

VERSION := 0.1.0

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
PORT ?= 8417
NPROC ?= $(shell nproc 2>/dev/null || echo 2)

comma := ,
quote := '
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
make check        everything that must hold: unit, e2e, clients, checks; ends with "N passed, N failed"
make run          a private httpd with the demonstration policy on 127.0.0.1:$(PORT), ended by Ctrl-C
make unit         tests of the core (Boost.Test, AddressSanitizer and UBSan)
make e2e          tests against private httpds (E2E_ARGS='--run_test=suite/case' for some)
make clients      curl, PHP and Python as people use them, against private httpds
make checks       layers, symbols, names, documentation, configuration files, format
make lint         clang-tidy, shellcheck, and both compilers with warnings as errors
make format       write the format that the checks expect
make coverage     lines of the core that the unit tests reach
make install      the module and its configuration files where httpd looks for them (DESTDIR=...)
make uninstall    undo it
make dist         $(BUILD)/mod_expect-$(VERSION).tar.gz
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

# Nothing above or below may ask apxs while make reads this file: `make check` and `make run` are first
# commands on machines that have no apxs yet. They install what is missing and then call make again; what
# apxs says is kept in a file that only goals which need it include.
CONFIG := $(BUILD)/config.mk
GOALS_WITHOUT_CONFIG := help deps check run clean format dist
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
	$(Q)command -v $(APXS) >/dev/null || { echo "$(APXS) not found: \`make deps\` installs what is missing," \
	    "APXS=/path/to/apxs names another one" >&2; exit 1; }
	$(Q)mkdir -p $(@D)
	$(Q)query() { $(APXS) -q "$$1" 2>/dev/null; }; apr=$$(query APR_CONFIG); { \
	    echo "CONFIGURED_APXS := $(APXS)"; \
	    echo "LIBTOOL := $$($$apr --apr-libtool)"; \
	    echo "HTTPD := $$(query sbindir)/$$(query progname)"; \
	    echo "MODULES_DIR := $$(query libexecdir)"; \
	    echo "CONF_DIR := $$(query sysconfdir)"; \
	    echo "HTTPD_CPPFLAGS := $$($$apr --cppflags) -isystem $$(query includedir) -isystem $$($$apr --includedir)"; \
	} > $@

.PHONY: deps check run FORCE
deps:
	$(Q)tests/checks/install_missing.sh build run check
FORCE:

# --------------------------------------------------------------------------------------------- module

WARNINGS := -Wall -Wextra -Wpedantic
SANITIZE := $(if $(SANITIZER),-fsanitize=$(SANITIZER) -fno-omit-frame-pointer)

# Without exceptions and run-time types the object needs nothing of libstdc++, so that httpd, a C program
# linked by the C driver, loads it with libc alone.
MODULE_CXXFLAGS = -std=c++17 -O2 -g -fno-exceptions -fno-rtti $(WARNINGS) $(SANITIZE) \
    $(CPPFLAGS) $(CXXFLAGS)

# apxs compiles .c files only (`apxs -c file.cpp` silently builds an empty module), hence libtool's compile
# mode here. Tag CC whatever the compiler is: the libtool that comes with APR knows no tag CXX.
COMPILE_MODULE = $(LIBTOOL) --silent --tag=CC --mode=compile $(CXX) -shared $(MODULE_CXXFLAGS) -Iinclude \
    $(HTTPD_CPPFLAGS) -MMD -MP

# What apxs links with (-lpcre2-8 on Debian) is httpd's need, not ours. A sanitizer's runtime has to come
# from the compiler that put the calls there.
LINK_MODULE = $(APXS) -c $(if $(SANITIZER),-S CC=$(CXX) -Wl$(comma)-fsanitize=$(SANITIZER)) \
    -Wl,-Wl,--as-needed $(addprefix -Wl$(comma),$(LDFLAGS))

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
	$(Q)cp $(OUT)/module/.libs/mod_expect.so $@

-include $(wildcard $(OUT)/module/*.d)
