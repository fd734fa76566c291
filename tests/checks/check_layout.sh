#!/usr/bin/env bash
# `make install`, `a2enmod expect` and `make uninstall` as an administrator types them, on a copy of the layout in
# Debian's package with what that enables; and the server of that copy, started with what was enabled. The system's own
# configuration, in which anything may stand, is neither read nor touched.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

apxs=${APXS:-apxs}
conf_dir=$("$apxs" -q sysconfdir)
modules=${HTTPD_MODULES:-$("$apxs" -q libexecdir)}
httpd=${HTTPD:-$("$apxs" -q sbindir)/$("$apxs" -q progname)}
unpacked=$(realpath -m "${UNPACKED:-build/packages}")
original=$unpacked$conf_dir
if [[ ! -x $unpacked/usr/sbin/a2enmod || ! -d $original/mods-available || ! -f $original/envvars ]]; then
    echo "ok - layout: a copy of Debian's apache2 # SKIP its package is not unpacked here"
    exit
fi
umask 022
unset http_proxy HTTP_PROXY all_proxy ALL_PROXY

# Where root's httpd, which serves as another user, can go.
root=$(tests/checks/work_dir.sh build/checks)/layout 2>/dev/null
rm -rf "$root" && mkdir -p "$root$(dirname "$conf_dir")" "$root/run" "$root/log" "$root/lock"
cp -r "$original" "$root$conf_dir"
copy=$root$conf_dir
mkdir -p "$copy"/{mods,conf,sites}-enabled
a2enmod() { APACHE_CONFDIR=$copy APACHE_STATE_DIRECTORY=$root/state "$unpacked/usr/sbin/a2enmod" "$@" 2>&1; }
a2enmod -q mpm_event access_compat alias auth_basic authn_core authn_file authz_core authz_host authz_user \
    autoindex deflate dir env filter mime negotiation reqtimeout setenvif status >/dev/null

make_it() { # GOAL: as typed, whatever make this check runs under
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u EXPECT_MODULE make --no-print-directory "$1" APXS="$apxs" \
        DESTDIR="$root" 2>&1
}
listed() { (cd "$root" && find . -name '*expect*' ! -path './state/*' | LC_ALL=C sort | paste -sd' '); }
equal() { # NAME EXPECTED GOT
    local trouble=
    [[ $2 == "$3" ]] || trouble=$3$'\n'"in place of $2"
    report "layout: $1" "$trouble"
}

said=$(make_it install) || { report "layout: make install" "$said" && exit; }
equal "make install puts three files where they belong" \
    ".$conf_dir/mods-available/expect.conf .$conf_dir/mods-available/expect.load .$modules/mod_expect.so" "$(listed)"
said=$(a2enmod expect) || true
equal "a2enmod finds it" yes "$([[ -L $copy/mods-enabled/expect.load && -L $copy/mods-enabled/expect.conf ]] &&
    echo yes || echo "$said")"

# The copy's server runs beside the system's: other ports and folders, the module from the copy, and the MPM and
# modules that the administrator of this system has enabled.
port=$(PYTHONPATH=tests python3 -c 'from support.free_port import free_port; print(free_port())')
sed -i "s|$modules/mod_expect.so|$root$modules/mod_expect.so|" "$copy/mods-available/expect.load"
echo "Listen 127.0.0.1:$port" >"$copy/ports.conf"
rm -f "$copy"/sites-enabled/*
mkdir "$root/documents" && echo "The resource." >"$root/documents/resource"
cat >"$copy/sites-enabled/expect-check.conf" <<TEXT
ServerName localhost
DocumentRoot "$root/documents"
<Directory "$root/documents">
    Require all granted
</Directory>
<IfModule expect_module>
    Header always set X-Module there
</IfModule>
TEXT
[[ -e $copy/mods-enabled/headers.load ]] || ln -s ../mods-available/headers.load "$copy/mods-enabled/headers.load"
# In a pipe or in the background only: becomes the server, whose process id is then the one to stop.
run_httpd() { # ARGUMENT...
    set +u
    export APACHE_CONFDIR=$copy
    # shellcheck disable=SC1090,SC1091
    . "$copy/envvars"
    export APACHE_PID_FILE=$root/httpd.pid APACHE_RUN_DIR=$root/run APACHE_LOCK_DIR=$root/lock APACHE_LOG_DIR=$root/log
    exec env LD_PRELOAD="${HTTPD_LD_PRELOAD-}" "$httpd" -d "$copy" "$@" 2>&1
}
equal "the server's configuration is right with it" "Syntax OK" "$(run_httpd -t | tail -n 1)"
equal "the server has loaded it" " expect_module (shared)" "$(run_httpd -M | grep expect || true)"

run_httpd -DFOREGROUND >"$root/said" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
get() {
    : >"$root/head"
    curl -q -s -o "$root/body" -D "$root/head" -w '%{http_code} ' --max-time 60 "$@" || true
    sed -n 's/^x-module: \([^\r]*\).*/\1/Ip' "$root/head"
}
for _ in {1..600}; do
    [[ $(get "http://127.0.0.1:$port/resource") != 000* ]] && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
equal "it serves, and knows <IfModule expect_module>" "200 there" "$(get "http://127.0.0.1:$port/resource")"
equal "the shipped policy answers what it does not know with 417" "417 there" \
    "$(get -H 'Expect: certain-expectation' "http://127.0.0.1:$port/resource")"
equal "the shipped status page is there for this machine" "200 there" "$(get "http://127.0.0.1:$port/expect-status?json")"
kill "$server"
wait "$server" || true
trap - EXIT

cp "conf/a2enmod/expect.load" "$copy/mods-available/expect.load"
said=$(make_it uninstall) || { report "layout: make uninstall" "$said" && exit; }
equal "make uninstall leaves nothing of it" ".$conf_dir/sites-enabled/expect-check.conf" "$(listed)"
equal "the server's configuration is right without it" "Syntax OK" "$(run_httpd -t | tail -n 1)"
