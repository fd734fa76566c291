#!/usr/bin/env bash
# Runs the core and the hold's scanner on other machines: every target on its seeds and on what `make fuzz` has learnt,
# compiled for 32 bits, for arm64 and for a big-endian machine, the foreign ones under qemu-user. Prints a line each;
# ends with 1 after a violated check, or where something that it needs is not installed.
# Usage: machines.sh WORK-FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$1
packages=(g++-i686-linux-gnu g++-aarch64-linux-gnu g++-s390x-linux-gnu qemu-user-static)

for machine in i686 aarch64 s390x; do
    compiler=$machine-linux-gnu-g++ emulator=qemu-$machine-static
    [[ $machine != i686 ]] || emulator='env'
    if ! command -v "$compiler" >/dev/null || ! command -v "$emulator" >/dev/null; then
        echo "$compiler or $emulator is not here; Debian has them in ${packages[*]}" >&2
        exit 1
    fi
    for source in "$here"/fuzz_*.cpp; do
        target=$(basename "$source" .cpp)
        target=${target#fuzz_}
        program=$work/machines/$machine/fuzz_$target
        mkdir -p "$(dirname "$program")"
        "$compiler" -std=c++17 -O2 -Wall -Wextra -Wpedantic -Werror -I"$here/../../include" -static \
            -o "$program" "$source" "$here/replay.cpp"
        folders=("$here/corpus/$target")
        [[ ! -d $work/corpus/$target ]] || folders+=("$work/corpus/$target")
        # Each seed is a line "ok"; what is violated ends the program.
        done=$("$emulator" "$program" "${folders[@]}" 2>"$program.log" | grep -c '^ok')
        echo "$machine: $target, $done inputs"
    done
done
