#!/usr/bin/env bash
# `make dist`: the tarball has every tracked file and no other, under a directory with the version; where there is no
# repository it builds, and makes the same tarball again. The module is the same file wherever it was built.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

work=$PWD/build/checks/dist
rm -rf "$work" && mkdir -p "$work"
plain_make() { env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES -u EXPECT_MODULE make --no-print-directory "$@" 2>&1; }

tarball=$(plain_make dist | tail -n 1)
version=$(sed -n 's/^VERSION := //p' Makefile)
[[ $tarball == build/mod_expect-$version.tar.gz && -s $tarball ]] && trouble='' || trouble=$tarball
report "dist: the tarball is named after version $version" "$trouble"
tar xzf "$tarball" -C "$work"
tree=$work/mod_expect-$version
if [[ -e .git ]]; then
    trouble=$(diff <(git ls-tree -r --name-only HEAD | LC_ALL=C sort) \
        <(cd "$tree" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort) || true)
    report "dist: it holds what is committed" "$trouble"
else
    echo "ok - dist: what is committed # SKIP not a clone: this may be the tarball itself"
fi

# What a packager or an editor leaves at the top is not the project's. Private modes are not passed on either.
mkdir "$tree/debian" && touch "$tree/debian/rules" "$tree/Makefile~"
chmod -R go= "$tree"
said=$(cd "$tree" && plain_make dist) && cmp -s "$tarball" "$tree/$tarball" && trouble='' ||
    trouble=$said$'\n'$(diff <(tar tvzf "$tarball") <(tar tvzf "$tree/$tarball") | head -n 20 || true)
report "dist: made from its own contents it is the same file" "$trouble"
rm -r "$tree/debian" "$tree/Makefile~"

said=$(cd "$tree" && plain_make APXS="${APXS:-apxs}") && [[ -s $tree/build/mod_expect.so ]] && trouble='' || trouble=$said
report "dist: make builds the module from it" "$trouble"
said=$(cd "$tree" && plain_make install APXS="${APXS:-apxs}" DESTDIR=installed) &&
    [[ -n $(find "$tree/installed" -name mod_expect.so) ]] && trouble='' || trouble=$said
report "dist: make install works from it" "$trouble"

# By way of a symbolic link, whose name a compiler prefers to the directory's own.
mkdir -p "$work/elsewhere"
cp -r "$tree" "$work/elsewhere/deeper" && rm -rf "$work/elsewhere/deeper"/{build,installed}
ln -s deeper "$work/elsewhere/link"
said=$(cd "$work/elsewhere/link" && plain_make APXS="${APXS:-apxs}") || true
one=$(sha256sum <"$tree/build/mod_expect.so") other=$(sha256sum <"$work/elsewhere/deeper/build/mod_expect.so" || true)
[[ $one == "$other" ]] && trouble='' || trouble="$said"$'\n'"$(strings -a "$work/elsewhere/deeper/build/mod_expect.so" |
    grep -F "$work" | sort -u || true)"
report "dist: another directory builds the same file" "$trouble"
[[ $(grep -acF "mod_expect/$version" "$tree/build/mod_expect.so") -gt 0 ]] && trouble='' || trouble="no mod_expect/$version"
report "dist: the file tells its version" "$trouble"
