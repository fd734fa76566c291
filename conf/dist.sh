#!/usr/bin/env bash
# Writes DIRECTORY/NAME.tar.gz, all of it below NAME/: what is committed, or, where there is no repository, what the
# project's own directories hold. A tarball that is made from an unpacked tarball is the same, byte for byte: order,
# owners, modes and times (one for all files: that of the commit) do not depend on who makes it.
# Usage: dist.sh DIRECTORY NAME
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:?} name=${2:?}
tree=$build/dist

rm -rf "$tree" && mkdir -p "$tree/$name"
# Not "is there a repository above": an unpacked tarball may lie in one that knows nothing of it.
if [[ -e .git ]]; then
    git archive HEAD | tar x -C "$tree/$name"
    time=$(git log -1 --format=%ct HEAD)
else
    # The top level is fixed, so that what else lies about (debian/, the files of an editor) stays out.
    tar c --exclude=__pycache__ .ci .clang-format .clang-tidy .gitignore Makefile README.md conf include \
        mod_expect.cpp tests | tar x -C "$tree/$name"
    time=$(stat -c %Y Makefile)
fi
tar c -C "$tree" --format=ustar --sort=name --owner=0 --group=0 --numeric-owner --mode='u=rwX,go=rX' \
    --mtime="@$time" "$name" | gzip -n9 >"$build/$name.tar.gz"
rm -rf "$tree"
echo "$build/$name.tar.gz"
