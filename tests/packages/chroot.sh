#!/usr/bin/env bash
# The Debian package in a system of its own, with apache2 as the archive has it: after every step that an
# administrator may take, apache2 can be started, and the administrator's files are as they were left.
# Prints TAP. The .deb is the one that `make deb` has left.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
. tests/checks/tap.sh

skip() { echo "ok - chroot # SKIP $1" && exit; }
[[ $(id -u) == 0 ]] || skip "only root can make one"
command -v debootstrap >/dev/null || skip "there is no debootstrap"
deb=$(printf '%s\n' build/deb/libapache2-mod-expect_*.deb | tail -n 1)
[[ -s $deb ]] || skip "make deb has left no package"

work=$PWD/build/packages-chroot root=$PWD/build/packages-chroot/root
rm -rf --one-file-system "$work" && mkdir -p "$work"
equal() { # NAME EXPECTED GOT
    local trouble=
    [[ $2 == "$3" ]] || trouble=$3$'\n'"in place of $2"
    report "chroot: $1" "$trouble"
}
in_root() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@" </dev/null 2>&1
}
does() { # NAME COMMAND...: it succeeds
    local name=$1 said
    shift
    said=$("$@") && said=''
    report "chroot: $name" "$said"
}
# "enabled" or "disabled", and what apache2 says of its configuration.
state() {
    local module=disabled
    in_root a2query -q -m expect >/dev/null && module=enabled
    echo "$module, $(in_root apache2ctl configtest | tail -n 1), $(in_root apache2ctl -M | grep -c expect_module || true) loaded"
}
# Another package: VERSION, and a line more in expect.conf where TEXT is given.
variant() { # VERSION [TEXT]
    rm -rf "$work/variant" && dpkg-deb -R "$deb" "$work/variant"
    sed -i "s/^Version: .*/Version: $1/" "$work/variant/DEBIAN/control"
    [[ -z ${2-} ]] || echo "$2" >>"$work/variant/etc/apache2/mods-available/expect.conf"
    dpkg-deb -b "$work/variant" "$root/$1.deb" >/dev/null
}
policy=$root/etc/apache2/mods-available/expect.conf
traces() { (cd "$root" && find etc usr var -name '*expect*' | LC_ALL=C sort); }

# shellcheck disable=SC1091
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:?}")
debootstrap --variant=minbase --include=apache2 "$suite" "$root" >"$work/debootstrap.log" 2>&1 || {
    report "chroot: debootstrap" "$(tail -n 20 "$work/debootstrap.log")"
    exit
}
# No service of the chroot is started by dpkg, and none of its sockets is in anybody's way.
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d" && chmod 755 "$root/usr/sbin/policy-rc.d"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo "Listen 127.0.0.1:$port" >"$root/etc/apache2/ports.conf"
printf 'ServerName localhost\n' >"$root/etc/apache2/conf-enabled/name.conf"
version=$(dpkg-deb -f "$deb" Version)
cp "$deb" "$root/first.deb"
before=$(traces)

does "the package is installed" in_root dpkg -i /first.deb
equal "it is enabled, as dh_apache2 has it for modules" "enabled, Syntax OK, 1 loaded" "$(state)"

stop() { in_root apache2ctl stop >/dev/null || true; }
trap stop EXIT
does "apache2 starts with it" in_root apache2ctl start
for _ in {1..100}; do
    ! curl -s -o "$work/page" --max-time 10 "http://127.0.0.1:$port/" || break
    sleep 0.1
done
equal "and refuses what its policy does not know" 417 "$(curl -s -o "$work/page" -w '%{http_code}' --max-time 10 \
    -H 'Expect: certain-expectation' "http://127.0.0.1:$port/" || true)"
stop
trap - EXIT

echo '# mine' >>"$policy"
variant "$version+same1"
does "it is upgraded" in_root dpkg -i "/$version+same1.deb"
equal "an expect.conf that was edited is kept" "# mine" "$(tail -n 1 "$policy")"
variant "$version+same2" "# theirs"
does "it is upgraded to one with another expect.conf" in_root dpkg --force-confdef --force-confold -i "/$version+same2.deb"
equal "the edited one is kept" "# mine" "$(tail -n 1 "$policy")"
equal "and the new one lies beside it" "# theirs" "$(tail -n 1 "$policy.dpkg-dist")"
equal "apache2 can be started after the upgrade" "enabled, Syntax OK, 1 loaded" "$(state)"

does "a2dismod expect" in_root a2dismod expect
equal "disables it" "disabled, Syntax OK, 0 loaded" "$(state)"
variant "$version+same3"
does "it is upgraded while it is disabled" in_root dpkg --force-confdef --force-confold -i "/$version+same3.deb"
equal "and stays disabled" "disabled, Syntax OK, 0 loaded" "$(state)"
does "a2enmod expect" in_root a2enmod expect
equal "enables it" "enabled, Syntax OK, 1 loaded" "$(state)"

# From the source directory nothing of the package is overwritten or removed.
cp -r conf "$root/source"
from_source() { # install.sh's arguments
    in_root env APXS=apxs HTTPD=/usr/sbin/apache2 HTTPD_MODULES=/usr/lib/apache2/modules CONF_DIR=/etc/apache2 \
        bash /source/install.sh "$@"
}
said=$(from_source uninstall) && said="it succeeded: $said"
[[ $said != *"belongs to the package libapache2-mod-expect"* ]] || said=
report "chroot: make uninstall leaves a package to dpkg" "$said"
said=$(from_source install nothing.la) && said="it succeeded: $said"
[[ $said != *"belongs to the package libapache2-mod-expect"* ]] || said=
report "chroot: make install too" "$said"

does "it is removed" in_root dpkg -r libapache2-mod-expect
equal "apache2 can be started after the removal" "disabled, Syntax OK, 0 loaded" "$(state)"
equal "the edited expect.conf is still there" "# mine" "$(tail -n 1 "$policy")"
does "it is installed again" in_root dpkg -i /first.deb
equal "with the edited expect.conf" "enabled, Syntax OK, 1 loaded, # mine" "$(state), $(tail -n 1 "$policy")"
does "it is purged" in_root dpkg -P libapache2-mod-expect
equal "apache2 can be started after the purge" "disabled, Syntax OK, 0 loaded" "$(state)"
equal "nothing of it is left" "$before" "$(traces)"

# Installed from source, with a site that would be an error without it.
cp build/deb/mod_expect-*/build/mod_expect.so "$root/usr/lib/apache2/modules/"
sed 's|@MODULES_DIR@|/usr/lib/apache2/modules|' conf/a2enmod/expect.load >"$root/etc/apache2/mods-available/expect.load"
cp conf/expect.conf "$policy"
does "a2enmod expect, of what make install leaves" in_root a2enmod expect
echo 'ExpectPolicy On' >"$root/srv/site.conf"
echo 'Include /srv/site.conf' >"$root/etc/apache2/sites-enabled/site.conf"
said=$(from_source uninstall) && said="it succeeded: $said"
[[ $said != *"    /srv/site.conf:1: ExpectPolicy On"* ]] || said=
report "chroot: make uninstall names the line of a file outside of /etc/apache2" "$said"
equal "apache2 can still be started" "enabled, Syntax OK, 1 loaded" "$(state)"
rm "$root/etc/apache2/sites-enabled/site.conf"
does "make uninstall, once nothing needs it" from_source uninstall
equal "apache2 can be started after make uninstall" "disabled, Syntax OK, 0 loaded" "$(state)"
rm -rf --one-file-system "$root"
