#!/usr/bin/env bash
# Builds the Debian package, and its source package, from the tarball of `make dist`: dpkg-buildpackage wants debian/
# at the top of a source tree, so that one is put together below build/. Prints the .deb last.
# Usage: build.sh DIRECTORY TARBALL
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=${1:?} tarball=${2:?}

package=$(dpkg-parsechangelog -l conf/debian/changelog -S Source)
version=$(dpkg-parsechangelog -l conf/debian/changelog -S Version)
upstream=${version%-*}
name=$(basename "$tarball" .tar.gz)
if [[ $name != *-$upstream ]]; then
    echo "$name is not version $upstream, which is what conf/debian/changelog tells of: add an entry there" >&2
    exit 1
fi

rm -rf "$build/deb" && mkdir -p "$build/deb"
cp "$tarball" "$build/deb/${package}_$upstream.orig.tar.gz"
tar xzf "$tarball" -C "$build/deb"
cp -r "$build/deb/$name/conf/debian" "$build/deb/$name/debian"
cd "$build/deb/$name"
rm debian/build.sh
# The make above this one has options of its own, which debian/rules must not inherit.
env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES dpkg-buildpackage -us -uc >../build.log 2>&1 ||
    { tail -n 40 ../build.log >&2 && exit 1; }
cd - >/dev/null
printf '%s\n' "$build/deb/$package"_*.deb
