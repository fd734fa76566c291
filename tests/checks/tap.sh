# shellcheck shell=bash
# For checks written in bash: `report NAME TROUBLE` prints one TAP line, "ok" where TROUBLE is empty, else
# "not ok" and the trouble below it.
report() {
    if [[ -z $2 ]]; then
        echo "ok - $1"
    else
        echo "not ok - $1"
        while IFS= read -r line; do echo "#   $line"; done <<<"$2"
    fi
}
