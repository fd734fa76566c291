#!/usr/bin/env bash
# `make install` and `make uninstall`, into directory trees of their own: Debian's layout and that of others.
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
