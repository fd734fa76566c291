#!/usr/bin/env bash
# Installs and uninstalls the module and its configuration where the httpd that apxs belongs to looks for them.
#
# Debian's layout (mods-available): expect.load and expect.conf, for `a2enmod expect`.
# Others: conf.modules.d/90-expect.conf, which loads the module, and conf.d/expect.conf, as far as those
# directories exist; else the line to add is printed.
# An expect.conf that the administrator has changed is neither overwritten nor removed.
#
# Usage: install.sh install LIBTOOL_ARCHIVE | uninstall     (environment: APXS, HTTPD_MODULES, CONF_DIR, DESTDIR)
set -euo pipefail
: "${APXS:?}" "${HTTPD_MODULES:?}" "${CONF_DIR:?}" "${DESTDIR=}"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=$DESTDIR$HTTPD_MODULES
server=$(dirname "$CONF_DIR") # /etc/httpd of /etc/httpd/conf

# Where each file goes; the layout is the running system's, also when an empty DESTDIR tree is filled.
load='' conf=''
if [[ -d $CONF_DIR/mods-available || -d $DESTDIR$CONF_DIR/mods-available ]]; then
    load=$DESTDIR$CONF_DIR/mods-available/expect.load
    conf=$DESTDIR$CONF_DIR/mods-available/expect.conf
elif [[ -d $server/conf.modules.d || -d $DESTDIR$server/conf.modules.d ]]; then
    load=$DESTDIR$server/conf.modules.d/90-expect.conf
    conf=$DESTDIR$server/conf.d/expect.conf
fi
enabled=$DESTDIR$CONF_DIR/mods-enabled

install_all() {
    mkdir -p "$modules"
    # apxs knows no DESTDIR; its variable for the directory can be set instead. What it and libtool print is
    # of interest only when they fail.
    local log
    log=$("$APXS" -S LIBEXECDIR="$modules" -i -n expect "$1" 2>&1) || { echo "$log" >&2 && exit 1; }
    echo "installed $modules/mod_expect.so"
    if [[ -z $load ]]; then
        echo "To load it, add to the configuration:"
        load_line
        return
    fi
    mkdir -p "$(dirname "$load")" "$(dirname "$conf")"
    load_line >"$load"
    chmod 644 "$load"
    echo "installed $load"
    if [[ -e $conf ]] && ! cmp -s "$here/expect.conf" "$conf"; then
        echo "kept      $conf (changed; the new one is $here/expect.conf)"
    else
        install -m 644 "$here/expect.conf" "$conf"
        echo "installed $conf"
    fi
    if [[ $load == */mods-available/* ]]; then
        echo "Next: a2enmod expect, and restart apache2."
    else
        echo "Next: restart httpd."
    fi
}

load_line() { sed "s|@MODULES_DIR@|$HTTPD_MODULES|" "$here/a2enmod/expect.load"; }

remove() {
    if [[ -e $1 || -L $1 ]]; then
        rm -f "$1"
        echo "removed   $1"
    fi
}

uninstall_all() {
    # The links first: without the module, a LoadModule line keeps httpd from starting.
    remove "$enabled/expect.load"
    remove "$enabled/expect.conf"
    if [[ -n $load ]]; then
        remove "$load"
        if [[ -e $conf ]] && ! cmp -s "$here/expect.conf" "$conf"; then
            echo "kept      $conf (changed)"
        else
            remove "$conf"
        fi
    fi
    remove "$modules/mod_expect.so"
}

case ${1-} in
install) install_all "${2:?}" ;;
uninstall) uninstall_all ;;
*) echo "install or uninstall?" >&2 && exit 2 ;;
esac
