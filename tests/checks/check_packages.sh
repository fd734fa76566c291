#!/usr/bin/env bash
# The packages: one version everywhere, `make deb` and what lintian says of it, and the spec file with Fedora's layout
# and compiler flags. How the Debian package behaves when it is installed is for `make check-packages`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

work=$PWD/build/checks/packages
rm -rf "$work" && mkdir -p "$work"
plain_make() { env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES make --no-print-directory "$@" 2>&1; }
equal() { # NAME EXPECTED GOT
    local trouble=
    [[ $2 == "$3" ]] || trouble=$(diff <(echo "$2") <(echo "$3") | grep '^[<>]' || true)
    report "packages: $1" "$trouble"
}

version=$(sed -n 's/^VERSION := //p' Makefile)
equal "the histories of both packages begin with the Makefile's version" "libapache2-mod-expect ($version-1)
Version: $version
- $version-1" "$(sed -n '1s/) .*/)/p' conf/debian/changelog
    sed -n 's/^\(Version:\) */\1 /p' conf/rpm/mod_expect.spec
    sed -n '/^%changelog/{n;s/.*> //p}' conf/rpm/mod_expect.spec)"

if dpkg-query -W build-essential debhelper apache2-dev >/dev/null 2>&1; then
    said=$(plain_make deb) || true
    deb=$(tail -n 1 <<<"$said")
    [[ $deb == *.deb && -s $deb ]] && trouble='' || trouble=$said
    report "packages: make deb" "$trouble"
    doc=./usr/share/doc/libapache2-mod-expect
    equal "the .deb has the module, what a2enmod looks for, and documentation" "./etc/apache2/mods-available/expect.conf
./etc/apache2/mods-available/expect.load
./usr/lib/apache2/modules/mod_expect.so
$doc/PROXIES.md.gz
$doc/README.md.gz
$doc/changelog.Debian.gz
$doc/copyright
$doc/examples/ask/quota.conf
$doc/examples/ask/quota.php
$doc/examples/ask/service.conf
$doc/examples/ask/service.py
$doc/examples/expect-reference.conf
$doc/examples/monitoring/expect-alerts.yml
$doc/examples/monitoring/fail2ban/filter.d/expect.conf
$doc/examples/monitoring/fail2ban/jail.d/expect.conf
$doc/examples/monitoring/grafana-dashboard.json
$doc/examples/monitoring/prometheus.yml
$doc/examples/nginx/alone.conf
$doc/examples/nginx/behind-nginx.conf
$doc/examples/nginx/pass-through.conf
./usr/share/lintian/overrides/libapache2-mod-expect" \
        "$(dpkg-deb --fsys-tarfile "$deb" | tar t | grep -v '/$' | LC_ALL=C sort)"
    equal "dpkg asks before it changes the administrator's files" "/etc/apache2/mods-available/expect.conf
/etc/apache2/mods-available/expect.load" "$(dpkg-deb -I "$deb" conffiles)"
    equal "the .deb can be had by httpds of this interface alone" "apache2-api-20120211" \
        "$(dpkg-deb -f "$deb" Depends | grep -o 'apache2-api-[0-9]*' || true)"
    if command -v lintian >/dev/null; then
        # By Debian's rules on Ubuntu as well; an older one does not know the newest of them.
        said=$(lintian --allow-root --profile debian --suppress-tags newer-standards-version \
            --no-tag-display-limit --fail-on error,warning build/deb/*.changes 2>&1) && said=''
        report "packages: lintian finds no error and no warning" "$said"
    else
        echo "ok - packages: lintian # SKIP it is not here"
    fi
else
    echo "ok - packages: make deb # SKIP not all of build-essential, debhelper and apache2-dev are here"
fi

if ! command -v rpmbuild >/dev/null; then
    echo "ok - packages: the spec file # SKIP there is no rpmbuild"
    exit
fi
# What httpd-devel and redhat-rpm-config define there; of the flags, those that need no file of theirs.
flags="-O2 -flto=auto -ffat-lto-objects -fexceptions -g -grecord-gcc-switches -pipe -Wall -Werror=format-security"
flags+=" -Wp,-U_FORTIFY_SOURCE,-D_FORTIFY_SOURCE=2 -Wp,-D_GLIBCXX_ASSERTIONS -fstack-protector-strong"
flags+=" -fasynchronous-unwind-tables -fno-omit-frame-pointer"
cat >"$work/fedora" <<TEXT
%_httpd_apxs ${APXS:-apxs}
%_httpd_mmn 20120211x8664
%_httpd_moddir /usr/lib64/httpd/modules
%_httpd_modconfdir /etc/httpd/conf.modules.d
%_httpd_confdir /etc/httpd/conf.d
%dist .fc
%optflags $flags
TEXT
# Debian 13's rpmbuild makes one for gdb, too, with a program that it does not ask for.
command -v eu-strip >/dev/null || echo '%debug_package %{nil}' >>"$work/fedora"
said=$(rpmspec -P --load="$work/fedora" conf/rpm/mod_expect.spec 2>&1) && said=''
report "packages: rpmspec accepts the spec file" "$said"
said=$(plain_make rpm RPMBUILD_FLAGS="--nodeps --load=$work/fedora" BUILD=build/checks/packages) && said=''
report "packages: rpmbuild builds from it, with Fedora's flags" "$said"
rpm=$(find "$work/rpm/RPMS" -name 'mod_expect-[0-9]*.rpm') # and not that of what gdb reads
equal "the .rpm has Fedora's layout" "/etc/httpd/conf.d/expect.conf
/etc/httpd/conf.modules.d/90-expect.conf
/usr/lib64/httpd/modules/mod_expect.so" "$(rpm -qlp "$rpm" 2>/dev/null | grep -E '^/(etc|usr/lib64)/')"
equal "rpm keeps what the administrator has changed" "/etc/httpd/conf.d/expect.conf
/etc/httpd/conf.modules.d/90-expect.conf" "$(rpm -qcp "$rpm" 2>/dev/null)"
equal "the .rpm can be had by httpds of this interface alone" "httpd-mmn = 20120211x8664" \
    "$(rpm -qp --requires "$rpm" 2>/dev/null | grep httpd || true)"
