# The packages as an administrator meets them. It takes a minute or two, root's rights and Debian's archive, so
# `make check` does not come here; what tests/checks/check_packages.sh looks at, it does.
## make check-packages  make deb, lintian, the spec file; the .deb in a chroot: installed, upgraded, removed, purged

.PHONY: check-packages
check-packages:
	$(Q)APXS='$(APXS)' tests/checks/install_missing.sh build deb packages
	$(Q)$(SUITE) run packages tap tests/packages/run.sh
	$(Q)$(SUITE) sum packages
