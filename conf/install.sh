#!/usr/bin/env bash
# Installs and uninstalls the module and its configuration where the httpd that apxs belongs to looks for them.
#
# Debian's layout (mods-available): expect.load and expect.conf, for `a2enmod expect`.
# Others: conf.modules.d/90-expect.conf, which loads the module, and conf.d/expect.conf, as far as those
# directories exist; else the line to add is printed.
# An expect.conf that the administrator has changed is neither overwritten nor removed. What a package of the system
# owns is left to it. Nothing is removed while httpd reads directives that need the module, unless FORCE is set.
#
# Usage: install.sh install LIBTOOL_ARCHIVE | uninstall
# Environment: APXS, HTTPD, HTTPD_MODULES, CONF_DIR, DESTDIR, FORCE
set -euo pipefail
: "${APXS:?}" "${HTTPD:=}" "${HTTPD_MODULES:?}" "${CONF_DIR:?}" "${DESTDIR=}" "${FORCE=}"

[[ -z $DESTDIR || $DESTDIR == /* ]] || DESTDIR=$PWD/$DESTDIR
DESTDIR=${DESTDIR%/}
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

changed() { [[ -e $conf ]] && ! cmp -s "$here/expect.conf" "$conf"; }

# Says what to do where a directory cannot be written to, before anything has been done.
need_rights() { # GOAL DIRECTORY...
    local goal=$1 directory
    shift
    for directory in "$@"; do
        until [[ -e $directory ]]; do directory=$(dirname "$directory"); done
        [[ ! -d $directory || ! -w $directory ]] || continue
        echo "make $goal: no right to write to $directory. Repeat the command as root (sudo make $goal), or let" \
            "DESTDIR=... name a directory of your own." >&2
        exit 1
    done
}

# A file of a package would be overwritten at its next upgrade, or be missed by it.
need_no_package() { # GOAL
    local owner
    [[ -z $DESTDIR ]] || return 0
    owner=$(dpkg-query -S "$modules/mod_expect.so" 2>/dev/null | cut -d: -f1) ||
        owner=$(rpm -qf "$modules/mod_expect.so" 2>/dev/null) || return 0
    echo "make $1: $modules/mod_expect.so belongs to the package $owner. Remove the package first, or let" \
        "DESTDIR=... name another directory." >&2
    exit 1
}

install_all() {
    local log
    need_no_package install
    need_rights install "$modules" ${load:+"$(dirname "$load")" "$(dirname "$conf")"}
    mkdir -p "$modules"
    # apxs knows no DESTDIR; its variable for the directory can be set instead. What it and libtool print is
    # of interest only when they fail.
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
    if changed; then
        echo "kept      $conf (changed; the new one is $here/expect.conf)"
    else
        install -m 644 "$here/expect.conf" "$conf"
        echo "installed $conf"
    fi
    if [[ $load == */mods-available/* ]]; then
        echo "Next: a2enmod expect, and reload apache2."
    else
        echo "Next: reload httpd."
    fi
}

load_line() { sed "s|@MODULES_DIR@|$HTTPD_MODULES|" "$here/a2enmod/expect.load"; }

# The files that httpd reads, as it says itself. Where it cannot (below DESTDIR, or its configuration is wrong
# already): those that it would look for in its own directories.
read_by_httpd() {
    local control directory said
    if [[ -z $DESTDIR ]]; then
        for control in "$(dirname "$HTTPD")"/{apache2ctl,apachectl}; do
            [[ -x $control ]] || continue
            said=$("$control" -t -D DUMP_INCLUDES 2>/dev/null) || continue
            sed -n 's/^ *([0-9*]*) //p' <<<"$said"
            return
        done
    fi
    for directory in "$DESTDIR$CONF_DIR" "$DESTDIR$server"/{conf.d,conf.modules.d}; do
        [[ ! -d $directory ]] || find -L "$directory" -type f \( -name '*.conf' -o -name '*.load' \) ! -path '*-available/*'
    done
}

# Lines of those files that httpd refuses without the module, as FILE:LINE: TEXT. What `uninstall` takes away itself
# is none of them, nor is what stands in <IfModule expect_module>.
uses() {
    local file gone needs
    needs='^expect(policy|rule)([ \t]|$)|^loglevel(override)?[ \t](.*[ \t"])?(expect|expect_module|mod_expect\\.c):'
    gone=("$load" "$enabled/expect.load")
    if [[ -L $enabled/expect.conf ]]; then gone+=("$enabled/expect.conf"); fi
    if ! changed; then gone+=("$conf"); fi
    read_by_httpd | LC_ALL=C sort -u | while IFS= read -r file; do
        [[ -r $file && $'\n'$(printf '%s\n' "${gone[@]}")$'\n' != *$'\n'$file$'\n'* ]] || continue
        awk -v file="$file" -v needs="$needs" '
            { if (!more) { line = ""; first = NR } }
            { more = sub(/\\$/, ""); line = line $0 }
            more { next }
            { text = line; gsub(/^[ \t]+|[ \t\r]+$/, "", text); low = tolower(text) }
            low ~ /^<if(module|directive)[ \t]/ {
                nested[++depth] = low ~ /[ \t]"?(expect_module|mod_expect\.c|expectpolicy|expectrule)"?[ \t]*>/
                guarded += nested[depth]
            }
            low ~ /^<\/if(module|directive)>/ && depth > 0 { guarded -= nested[depth--] }
            low ~ /^loadmodule[ \t]+expect_module[ \t]/ || (!guarded && low ~ needs) {
                print file ":" first ": " text
            }' "$file"
    done
}

remove() {
    if [[ -e $1 || -L $1 ]]; then
        rm -f "$1"
        echo "removed   $1"
    fi
}

uninstall_all() {
    local found
    need_no_package uninstall
    need_rights uninstall "$modules" ${load:+"$(dirname "$load")" "$(dirname "$conf")"}
    found=$(uses)
    if [[ -n $found && -z $FORCE ]]; then
        echo "make uninstall: httpd could neither be started nor stopped without the module, for these need it:" >&2
        while IFS= read -r line; do echo "    $line"; done <<<"$found" >&2
        echo "Take them out, or put the directives into <IfModule expect_module>. \`make uninstall FORCE=1\`" \
            "uninstalls all the same." >&2
        exit 1
    fi
    # The links first: without the module, a LoadModule line keeps httpd from starting.
    remove "$enabled/expect.load"
    if [[ -L $enabled/expect.conf ]]; then
        remove "$enabled/expect.conf"
    elif [[ -e $enabled/expect.conf ]]; then
        echo "kept      $enabled/expect.conf (no link)"
    fi
    if [[ -n $load ]]; then
        remove "$load"
        if changed; then
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
