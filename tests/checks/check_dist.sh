#!/usr/bin/env bash
# `make dist`: the tarball has every tracked file and no other, under a directory with the version, and builds
# where there is no repository.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

if ! git rev-parse --git-dir >/dev/null 2>&1; then
    echo "ok - dist: the tarball # SKIP not a clone: this may be the tarball itself"
    exit
fi
work=$PWD/build/checks/dist
rm -rf "$work" && mkdir -p "$work"
plain_make() { env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u EXPECT_MODULE make --no-print-directory "$@" 2>&1; }

tarball=$(plain_make dist | tail -n 1)
version=$(sed -n 's/^VERSION := //p' Makefile)
[[ $tarball == build/mod_expect-$version.tar.gz && -s $tarball ]] && trouble='' || trouble=$tarball
report "dist: the tarball is named after version $version" "$trouble"
tar xzf "$tarball" -C "$work"
trouble=$(diff <(git ls-tree -r --name-only HEAD | LC_ALL=C sort) \
    <(cd "$work/mod_expect-$version" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort) || true)
report "dist: it holds what is committed" "$trouble"

said=$(cd "$work/mod_expect-$version" && plain_make APXS="${APXS:-apxs}") && [[ -s $work/mod_expect-$version/build/mod_expect.so ]] &&
    trouble='' || trouble=$said
report "dist: make builds the module from it" "$trouble"
said=$(cd "$work/mod_expect-$version" && plain_make install APXS="${APXS:-apxs}" DESTDIR="$work/installed") &&
    [[ -n $(find "$work/installed" -name mod_expect.so) ]] && trouble='' || trouble=$said
report "dist: make install works from it" "$trouble"
