#!/usr/bin/env bash
# An httpd that is not supported ends the build with one line that says which ones are; without it there were pages of
# errors, of which the first said nothing. The versions are those of a copy of the headers, with another number in it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

apxs=${APXS:-apxs}
apr=$("$apxs" -q APR_CONFIG)
read -ra apr_flags <<<"$("$apr" --cppflags --includes)"
work=build/checks/versions
rm -rf "$work"
mkdir -p "$work"
cp -rL "$("$apxs" -q includedir)" "$work/include"

# What the compiler says, where the headers call themselves MAJOR.MINOR.PATCH; with the flag of the Makefile.
compile() {
    local release=$work/include/ap_release.h IFS=.
    local -a number
    read -ra number <<<"$1"
    sed -i -E "s/(define AP_SERVER_MAJORVERSION_NUMBER +).*/\1${number[0]}/
        s/(define AP_SERVER_MINORVERSION_NUMBER +).*/\1${number[1]}/
        s/(define AP_SERVER_PATCHLEVEL_NUMBER +).*/\1${number[2]}/" "$release"
    "${CXX:-g++}" -fsyntax-only -std=c++17 -fno-exceptions -fno-rtti -Wfatal-errors -Iinclude "${apr_flags[@]}" \
        -DMOD_EXPECT_VERSION=0 -isystem "$work/include" -x c++ mod_expect.cpp 2>&1
}

grep -q -- -Wfatal-errors Makefile || report "versions: the Makefile ends a build with its first error" "it does not"

for version in 2.2.34 2.4.41 2.4.51 2.5.1 3.0.0; do
    said=$(compile "$version" || true)
    errors=$(grep -E '(^|: )(fatal )?error: ' <<<"$said" || true)
    trouble=
    [[ $(wc -l <<<"$errors") == 1 && $errors == *'2.4.52 or a later 2.4'* ]] || trouble="it says: $said"
    report "versions: httpd $version is told in one line" "$trouble"
done
for version in 2.4.52 2.4.99; do
    report "versions: httpd $version is accepted" "$(compile "$version" || true)"
done
