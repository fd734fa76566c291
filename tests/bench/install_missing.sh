#!/usr/bin/env bash
# Installs the programs that the benchmark runs; see unpack_missing.sh for nginx and mod_security2.
set -euo pipefail

PATH=$PATH:/usr/sbin:/sbin
here=$(dirname "${BASH_SOURCE[0]}")

has() { command -v "$1" >/dev/null 2>&1; }

"$here/../checks/unpack_missing.sh" security2 nginx
install=()
has valgrind || install+=(valgrind)
has wrk || install+=(wrk)
has h2load || install+=(nghttp2-client)
has gnuplot || install+=(gnuplot-nox)
has curl || install+=(curl)
has openssl || install+=(openssl)
has python3 || install+=(python3)
[[ ${#install[@]} -gt 0 ]] || exit 0

as_root=()
[[ $(id -u) == 0 ]] || as_root=(sudo)
if ! has apt-get || { [[ ${#as_root[@]} -gt 0 ]] && ! has sudo; }; then
    echo "Missing, by the names of Debian's packages: ${install[*]}, and no way to install them." \
        "What is not there is left out of the tables." >&2
    exit 0
fi
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o Dpkg::Use-Pty=0 "$@"; }

echo "Installing missing packages: ${install[*]}"
apt-cache show --no-all-versions gnuplot-nox >/dev/null 2>&1 || apt update
apt install -y --no-install-recommends "${install[@]}" || {
    apt update
    apt install -y --no-install-recommends "${install[@]}"
}
