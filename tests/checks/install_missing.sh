#!/usr/bin/env bash
# Installs what a fresh Debian or Ubuntu machine lacks, so that `make check` and `make run` can be the first
# commands there. Each need is tested by the file or command itself, not by a package's name: where all is
# there nothing is asked of the network, and other systems learn what they have to provide.
# Usage: install_missing.sh GROUP...      groups: build run check lint deb packages
set -euo pipefail

# Debian keeps the server in a directory that is not in everybody's PATH.
PATH=$PATH:/usr/sbin:/sbin
cxx=${CXX:-g++}
compiler=g++
[[ $cxx != *clang* ]] || compiler=clang
apxs=${APXS:-apxs}

has() { command -v "$1" >/dev/null 2>&1; }
has_compiler() { has "$cxx" && "$cxx" -x c++ -include string_view -fsyntax-only - </dev/null >/dev/null 2>&1; }
has_header() { "$cxx" -x c++ -include "$1" -E - </dev/null >/dev/null 2>&1; }
has_httpd() {
    has httpd || has apache2 || { has "$apxs" && [[ -x $("$apxs" -q sbindir)/$("$apxs" -q progname) ]]; }
}
has_php_json() { has php && php -r 'exit(function_exists("json_decode") ? 0 : 1);' >/dev/null 2>&1; }
has_php_curl() { has php && php -r 'exit(extension_loaded("curl") ? 0 : 1);' >/dev/null 2>&1; }
has_requests() { /usr/bin/python3 -c 'import requests' >/dev/null 2>&1 || python3 -c 'import requests' >/dev/null 2>&1; }
# Debian's tools ask for the package itself, not for what it depends on.
has_build_essential() { dpkg-query -W -f '${db:Status-Status}' build-essential 2>/dev/null | grep -q '^installed$'; }
has_lwp() { has perl && perl -MLWP::UserAgent -e 1 >/dev/null 2>&1; }

# group, Debian package, test. A package marked ? is left out where the system does not know it: the format
# check wants the one version that the format was written with, and the clients and servers in front that are not
# there are skipped. apache2-bin rather than apache2: the latter starts a system service on port 80.
needs='
build  '"$compiler"'               has_compiler
build  binutils          has readelf
build  apache2-bin       has_httpd
build  apache2-dev       has '"$apxs"'
run    curl              has curl
check  curl              has curl
check  libboost-test-dev has_header boost/test/unit_test.hpp
check  python3           has python3
check  python3-requests  has_requests
check  php-cli           has php
check  php-json?         has_php_json
check  php-curl          has_php_curl
check  nghttp2-client    has nghttp
check  openssl           has openssl
check  clang-format-14?  has clang-format-14
check  nodejs?           has node
check  golang-go?        has go
check  default-jdk-headless? has javac
check  libwww-perl?      has_lwp
check  wget?             has wget
check  nginx?            has nginx
check  haproxy?          has haproxy
check  varnish?          has varnishd
check  squid?            has squid
check  chromium?         has chromium
check  prometheus?       has promtool
check  build-essential?  has_build_essential
check  debhelper?        has dh
check  lintian?          has lintian
check  rpm?              has rpmbuild
lint   clang             has clang++
lint   clang-tidy        has clang-tidy
lint   clang-format-14?  has clang-format-14
lint   shellcheck        has shellcheck
deb    build-essential   has_build_essential
deb    debhelper         has dh
deb    apache2-dev       has dh_apache2
packages lintian         has lintian
packages rpm             has rpmbuild
packages debootstrap     has debootstrap
packages curl            has curl
packages python3         has python3
'

missing=() wished=()
while read -r group package test; do
    [[ -n $group && " $* " == *" $group "* && " ${missing[*]-} ${wished[*]-} " != *" ${package%\?} "* ]] || continue
    read -ra command <<<"$test"
    "${command[@]}" && continue
    if [[ $package == *\? ]]; then wished+=("${package%\?}"); else missing+=("$package"); fi
done <<<"$needs"

if ! has apt-get; then
    [[ ${#missing[@]} -gt 0 ]] || exit 0
    echo "Missing, by the names of Debian's packages: ${missing[*]}" >&2
    echo "Install your system's counterparts and repeat the command (RPM systems: gcc-c++ httpd httpd-devel" \
        "boost-devel php-cli python3-requests nghttp2 openssl)." >&2
    exit 1
fi
[[ ${#missing[@]} -gt 0 || ${#wished[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $(id -u) != 0 ]]; then
    if ! has sudo; then
        [[ ${#missing[@]} -gt 0 ]] || exit 0
        echo "Missing packages, and no sudo to install them. As root: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi
apt() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@"
}
known() { [[ -n $(apt-cache show --no-all-versions "$1" 2>/dev/null) ]]; }

# A new container has no package lists; everywhere else asking for them each time would be a waste.
compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt update
for package in "${wished[@]}"; do
    if known "$package"; then missing+=("$package"); fi
done
[[ ${#missing[@]} -gt 0 ]] || exit 0
echo "Installing missing packages: ${missing[*]}"

# Debian starts a server when it is installed, and at each boot. The tests want the programs alone: policy-rc.d is
# Debian's way to say so, where the machine has not said anything itself.
policy=/usr/sbin/policy-rc.d
services=()
for package in "${missing[@]}"; do
    case $package in nginx | haproxy | varnish | squid | prometheus) services+=("$package") ;; esac
done
if [[ ${#services[@]} -gt 0 && ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
    "${as_root[@]}" chmod 755 $policy
    trap '"${as_root[@]}" rm -f $policy' EXIT
fi
apt install -y --no-install-recommends "${missing[@]}" || {
    apt update
    apt install -y --no-install-recommends "${missing[@]}"
}
for service in "${services[@]}"; do
    ! has update-rc.d || "${as_root[@]}" update-rc.d "$service" disable >/dev/null 2>&1 || true
done
