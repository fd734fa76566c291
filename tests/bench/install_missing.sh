#!/usr/bin/env bash
# Installs the programs that the benchmark runs. Packages that would start a service or change the system's httpd
# (nginx, mod_security2) are only unpacked, into BENCH_UNPACKED; their libraries are installed.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
unpacked=${BENCH_UNPACKED:-build/bench-packages}
modules=$("${APXS:-apxs}" -q libexecdir)

has() { command -v "$1" >/dev/null 2>&1; }
has_file() { [[ -e $1 || -e $unpacked$1 ]]; }

install=() unpack=()
has valgrind || install+=(valgrind)
has wrk || install+=(wrk)
has h2load || install+=(nghttp2-client)
has gnuplot || install+=(gnuplot-nox)
has curl || install+=(curl)
has python3 || install+=(python3)
if ! has nginx && ! has_file /usr/sbin/nginx; then unpack+=(nginx); fi
if [[ ! -e $modules/mod_security2.so ]] && ! has_file /usr/lib/apache2/modules/mod_security2.so; then
    unpack+=(libapache2-mod-security2)
    install+=(libyajl2 liblua5.1-0 libxml2 libcurl3-gnutls libpcre3)
fi
[[ ${#install[@]} -gt 0 || ${#unpack[@]} -gt 0 ]] || exit 0

as_root=()
[[ $(id -u) == 0 ]] || as_root=(sudo)
if ! has apt-get || { [[ ${#as_root[@]} -gt 0 ]] && ! has sudo; }; then
    echo "Missing, by the names of Debian's packages: ${install[*]-} ${unpack[*]-}, and no way to install them." \
        "What is not there is left out of the tables." >&2
    exit 0
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@"; }

echo "Installing missing packages: ${install[*]-}; unpacking: ${unpack[*]-}"
apt-cache show --no-all-versions gnuplot-nox >/dev/null 2>&1 || apt update
if [[ ${#install[@]} -gt 0 ]]; then
    apt install -y --no-install-recommends "${install[@]}" || {
        apt update
        apt install -y --no-install-recommends "${install[@]}"
    }
fi
for package in "${unpack[@]}"; do
    mkdir -p "$unpacked"
    (cd "$unpacked" && apt-get -q download "$package" && dpkg-deb -x "$package"_*.deb . && rm "$package"_*.deb)
done
