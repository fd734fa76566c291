#!/usr/bin/env bash
# `make install` and `make uninstall`, into directory trees of their own: Debian's layout and that of others; when
# they refuse to do anything, and what they say then.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

work=$PWD/build/checks/installation
rm -rf "$work" && mkdir -p "$work"
export APXS=${APXS:-apxs} HTTPD_MODULES=/usr/lib/httpd/modules
archive=$(dirname "${EXPECT_MODULE:-build/mod_expect.so}")/module/mod_expect.la

same() { # NAME EXPECTED GOT
    local trouble=
    [[ $2 == "$3" ]] || trouble=$(diff <(echo "$2") <(echo "$3") | grep '^[<>]' || true)
    report "installation: $1" "$trouble"
}
files() { (cd "$DESTDIR" && find . ! -type d | LC_ALL=C sort); }
refused() { # NAME WORDS COMMAND...: it fails and says so, on one line
    local name=$1 words=$2 said
    shift 2
    if said=$("$@" 2>&1); then said="it succeeded: $said"; elif [[ $said == *"$words"* ]]; then said=; fi
    report "installation: $name" "$said"
}
quiet() { conf/install.sh "$@" >"$work/said" 2>&1 || { cat "$work/said" >&2 && return 1; }; }

export DESTDIR=$work/debian CONF_DIR=/etc/debian_like
mkdir -p "$DESTDIR$CONF_DIR"/{mods-available,mods-enabled}
quiet install "$archive"
same "Debian's layout has the module and what a2enmod looks for" "./etc/debian_like/mods-available/expect.conf
./etc/debian_like/mods-available/expect.load
./usr/lib/httpd/modules/mod_expect.so" "$(files)"
same "LoadModule names the directory of the running system" \
    "LoadModule expect_module /usr/lib/httpd/modules/mod_expect.so" \
    "$(cat "$DESTDIR$CONF_DIR/mods-available/expect.load")"

PATH=${UNPACKED:-build/packages}/usr/sbin:$PATH
if command -v a2enmod >/dev/null; then
    touch "$DESTDIR$CONF_DIR/apache2.conf"
    APACHE_CONFDIR=$DESTDIR$CONF_DIR APACHE_STATE_DIRECTORY=$work/state a2enmod -q expect >"$work/said" 2>&1 || true
    trouble=
    [[ -L $DESTDIR$CONF_DIR/mods-enabled/expect.load && -L $DESTDIR$CONF_DIR/mods-enabled/expect.conf ]] ||
        trouble=$(cat "$work/said" && files)
    report "installation: a2enmod expect enables it" "$trouble"
    rm -f "$DESTDIR$CONF_DIR/apache2.conf"
else
    echo "ok - installation: a2enmod # SKIP there is no a2enmod"
    ln -s ../mods-available/expect.load "$DESTDIR$CONF_DIR/mods-enabled/expect.load"
fi
quiet uninstall
same "uninstall leaves nothing, not even a link to what is gone" "" "$(files)"

quiet install "$archive"
echo '# mine' >>"$DESTDIR$CONF_DIR/mods-available/expect.conf"
quiet install "$archive"
same "a changed expect.conf is not overwritten" "# mine" "$(tail -n 1 "$DESTDIR$CONF_DIR/mods-available/expect.conf")"
quiet uninstall
same "a changed expect.conf is not removed" "./etc/debian_like/mods-available/expect.conf" "$(files)"

export DESTDIR=$work/other CONF_DIR=/etc/other_like/conf
mkdir -p "$DESTDIR/etc/other_like/conf.modules.d"
quiet install "$archive"
same "other layouts get a file in conf.modules.d" "./etc/other_like/conf.d/expect.conf
./etc/other_like/conf.modules.d/90-expect.conf
./usr/lib/httpd/modules/mod_expect.so" "$(files)"
quiet uninstall
same "uninstall undoes that as well" "" "$(files)"

export DESTDIR=$work/neither CONF_DIR=/etc/neither/conf
mkdir -p "$DESTDIR"
quiet install "$archive"
same "where there is neither, the line to add is printed" \
    "LoadModule expect_module /usr/lib/httpd/modules/mod_expect.so" "$(grep LoadModule "$work/said" || true)"

export DESTDIR=$work/relative
DESTDIR=${DESTDIR#"$PWD"/} quiet install "$archive"
same "a relative DESTDIR is below the directory of the command" "./usr/lib/httpd/modules/mod_expect.so" "$(files)"

# What httpd reads and would refuse without the module keeps it there. A file in mods-available is not read; nor is
# what a comment says, even one of two lines; <IfModule> is for servers that may lack the module.
export DESTDIR=$work/used CONF_DIR=/etc/debian_like
etc=$DESTDIR$CONF_DIR
mkdir -p "$etc"/{mods,sites}-{available,enabled}
quiet install "$archive"
ln -s ../mods-available/expect.load ../mods-available/expect.conf "$etc/mods-enabled/"
cat >"$etc/sites-available/a.conf" <<'TEXT'
# not yet: \
ExpectPolicy On
<IfModule expect_module>
    <IfModule !other_module>
        ExpectPolicy On
    </IfModule>
</IfModule>
<IfModule mod_expect.c>
    ExpectRule reject *
    LogLevel expect:debug
</IfModule>
LogLevel warn core:info
TEXT
cat >"$etc/sites-available/b.conf" <<'TEXT'
<VirtualHost *>
    expectpolicy \
On
    LogLevel warn expect:info
</VirtualHost>
TEXT
cat >"$etc/sites-available/c.conf" <<'TEXT'
<IfModule !expect_module>
    ExpectRule reject *
</IfModule>
TEXT
cp "$etc/sites-available/b.conf" "$etc/sites-available/not-enabled.conf"
ln -s ../sites-available/{a,b,c}.conf "$etc/sites-enabled/"
before=$(files)
refused "uninstall names the lines that need the module" "
    $etc/sites-enabled/b.conf:2: expectpolicy On
    $etc/sites-enabled/b.conf:4: LogLevel warn expect:info
    $etc/sites-enabled/c.conf:2: ExpectRule reject *
" conf/install.sh uninstall
same "and has removed nothing" "$before" "$(files)"
FORCE=1 quiet uninstall
same "FORCE=1 uninstalls all the same" "" "$(files | grep expect || true)"
quiet install "$archive"
rm "$etc/sites-enabled/"{b,c}.conf
quiet uninstall
same "directives in <IfModule expect_module> keep nothing" "" "$(files | grep expect || true)"

# The server's own word, where it can be had, is what counts: its Include lines may lead anywhere.
real=${HTTPD:-$("$APXS" -q sbindir)/$("$APXS" -q progname)}
loadable=$("$APXS" -q libexecdir)
live=$work/live
mkdir -p "$live"/{bin,modules,conf,elsewhere}
printf '#!/bin/sh\nexec "%s" -f "%s" "$@"\n' "$real" "$live/conf/httpd.conf" >"$live/bin/apachectl"
chmod +x "$live/bin/apachectl"
{
    for name in mpm_event authz_core; do
        printf '<IfModule !%s_module>\nLoadModule %s_module "%s"\n</IfModule>\n' \
            "$name" "$name" "$loadable/mod_$name.so"
    done
    printf '%s\n' "ServerRoot \"$live\"" "DefaultRuntimeDir \"$live\"" "PidFile \"$live/pid\"" \
        "ErrorLog \"$live/error.log\"" 'ServerName localhost' 'Listen 127.0.0.1:8417' \
        "LoadModule expect_module modules/mod_expect.so" "Include \"$live/elsewhere/*.conf\""
} >"$live/conf/httpd.conf"
echo 'ExpectPolicy Off' >"$live/elsewhere/site.conf"
echo 'ExpectPolicy On' >"$live/conf/not-included.conf"
export DESTDIR='' CONF_DIR=$live/conf HTTPD_MODULES=$live/modules HTTPD=$live/bin/httpd
quiet install "$archive"
refused "uninstall goes by what httpd reads" "
    $live/conf/httpd.conf:$(grep -n expect_module "$live/conf/httpd.conf" | cut -d: -f1): LoadModule expect_module modules/mod_expect.so
    $live/elsewhere/site.conf:1: ExpectPolicy Off
Take" env LD_PRELOAD="${HTTPD_LD_PRELOAD-}" conf/install.sh uninstall
sed -i '/expect_module/d' "$live/conf/httpd.conf"
echo '# ExpectPolicy Off' >"$live/elsewhere/site.conf"
quiet uninstall
same "and does its work when that is gone" "no module" \
    "$([[ -e $live/modules/mod_expect.so ]] && echo "the module" || echo "no module")"

# Without rights: as another user where root runs this, else in a directory that is closed.
export DESTDIR=$work/rights CONF_DIR=/etc/debian_like HTTPD_MODULES=/usr/lib/httpd/modules
mkdir -p "$DESTDIR" && chmod 755 "$DESTDIR"
as_user=()
[[ $(id -u) != 0 ]] || as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
[[ ${#as_user[@]} -gt 0 ]] || chmod 555 "$DESTDIR"
if "${as_user[@]}" test -r "$PWD/conf/install.sh" 2>/dev/null; then
    refused "install without rights says what to do" \
        "no right to write to $DESTDIR. Repeat the command as root (sudo make install)" \
        "${as_user[@]}" conf/install.sh install "$archive"
    refused "so does uninstall" "as root (sudo make uninstall)" "${as_user[@]}" conf/install.sh uninstall
else
    echo "ok - installation: without rights # SKIP no other user can enter this directory"
fi
chmod 755 "$DESTDIR"

refused "without apxs, make names the one package that has it" "apache2-dev on Debian and Ubuntu, httpd-devel on Fedora" \
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS -u MAKEOVERRIDES make BUILD=build/checks/no-apxs APXS=no-such-apxs
