#!/usr/bin/env bash
# The configuration files that we ship are accepted by httpd with the module: as they are, and the reference also
# with every directive in it made live. The demonstration is tried in the same way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

work=$PWD/build/checks/configuration
rm -rf "$work" && mkdir -p "$work"
apxs=${APXS:-apxs}
httpd=${HTTPD:-$("$apxs" -q sbindir)/$("$apxs" -q progname)}
modules=${HTTPD_MODULES:-$("$apxs" -q libexecdir)}
module=${EXPECT_MODULE:-$PWD/build/mod_expect.so}

frame() { # FILE: a server around it
    local name
    echo "ServerRoot \"$work\""
    echo "PidFile \"$work/httpd.pid\""
    echo "DefaultRuntimeDir \"$work\""
    echo "ErrorLog \"$work/error.log\""
    echo "ServerName localhost"
    echo "Listen 127.0.0.1:8417"
    for name in mpm_event unixd log_config authz_core authz_host; do
        echo "<IfModule !${name}_module>"
        echo "LoadModule ${name}_module \"$modules/mod_$name.so\""
        echo "</IfModule>"
    done
    echo "LoadModule expect_module \"$module\""
    echo "Include \"$1\""
}
try() { # FILE: what httpd says about it; the status is httpd's
    frame "$1" >"$work/httpd.conf"
    LD_PRELOAD=${HTTPD_LD_PRELOAD-} "$httpd" -t -f "$work/httpd.conf" 2>&1
}
accepted() { # NAME FILE
    local said
    if said=$(try "$2") && [[ $said == *"Syntax OK"* ]]; then said=; fi
    report "configuration: $1" "$said"
}

accepted "conf/expect.conf is accepted" "$PWD/conf/expect.conf"
accepted "conf/expect-reference.conf is accepted" "$PWD/conf/expect-reference.conf"

# A directive of the reference follows its # at once, or with the indentation of a section.
sed -E 's/^#( {4})?(Expect|ServerName |SetHandler |Require |<)/\1\2/' conf/expect-reference.conf >"$work/live.conf"
live=$(grep -cE '^ *Expect' "$work/live.conf" || true)
accepted "all $live directives of the reference are accepted when they are made live" "$work/live.conf"
for file in tests/clients/*.conf; do
    sed "s|/var/www/html|$work|" "$file" >"$work/$(basename "$file")"
    accepted "$file is accepted" "$work/$(basename "$file")"
done

# What shows that httpd reads the directives at all: one that is wrong is refused, by its line.
echo 'ExpectRule refuse *' >"$work/wrong.conf"
if said=$(try "$work/wrong.conf"); then
    said="it was accepted: $said"
elif [[ $said == *"line 1 of $work/wrong.conf"* && $said == *ExpectRule* ]]; then
    said=
fi
report "configuration: a wrong directive is refused" "$said"
