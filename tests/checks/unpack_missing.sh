#!/usr/bin/env bash
# Unpacks Debian packages into UNPACKED (build/packages) that must not be installed: these would start a service or
# change the system's httpd. Their libraries are installed. What cannot be had is passed over: tests that want it are
# skipped and say so, tables leave it out.
# Usage: unpack_missing.sh NAME...      names: apache2 security2 php-fpm nginx fail2ban
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
unpacked=${UNPACKED:-build/packages}
modules=$("${APXS:-apxs}" -q libexecdir)

# Their names change from release to release.
depends_of() { apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: \([^<]*\)$/\1/p'; }
libraries_of() { depends_of "$1" | grep '^lib' || true; }

packages=() libraries=()
want() {
    packages+=("$1")
    mapfile -O "${#libraries[@]}" -t libraries < <(libraries_of "$1")
}
for name in "$@"; do
    case $name in
    apache2) # the layout as it comes, which an installed one no longer has, and a2enmod; the server is in apache2-bin
        [[ -e $unpacked/usr/sbin/a2enmod ]] || want apache2
        ;;
    security2)
        [[ -e $modules/mod_security2.so || -e $unpacked/usr/lib/apache2/modules/mod_security2.so ]] && continue
        want libapache2-mod-security2
        ;;
    php-fpm)
        compgen -G '/usr/sbin/php-fpm*' >/dev/null || compgen -G "$unpacked/usr/sbin/php-fpm*" >/dev/null && continue
        # The package of that name only names the one for the current version.
        want "$(depends_of php-fpm | grep '^php.*-fpm$' || true)"
        ;;
    nginx)
        command -v nginx >/dev/null || [[ -e $unpacked/usr/sbin/nginx ]] || want nginx
        ;;
    fail2ban)
        command -v fail2ban-regex >/dev/null || [[ -e $unpacked/usr/bin/fail2ban-regex ]] || want fail2ban
        ;;
    *) echo "no such name: $name" >&2 && exit 2 ;;
    esac
done
[[ ${#packages[@]} -gt 0 ]] || exit 0

as_root=()
[[ $(id -u) == 0 ]] || as_root=(sudo)
if ! command -v apt-get >/dev/null || ! command -v "${as_root[0]:-true}" >/dev/null; then
    echo "Not there, and no way to have them: ${packages[*]}" >&2
    exit 0
fi
echo "Unpacking into $unpacked: ${packages[*]}"
if [[ ${#libraries[@]} -gt 0 ]]; then
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 install -y \
        --no-install-recommends "${libraries[@]}" || exit 0
fi
mkdir -p "$unpacked"
cd "$unpacked"
for package in "${packages[@]}"; do
    if [[ -n $package ]] && apt-get -q download "$package"; then
        dpkg-deb -x "$package"_*.deb . && rm "$package"_*.deb
    fi
done
