#!/usr/bin/env bash
# Runs a private httpd with demo.conf.in in the foreground until Ctrl-C.
# Usage: run.sh PORT      (environment, set by the Makefile: HTTPD HTTPD_MODULES EXPECT_MODULE)
set -euo pipefail

: "${HTTPD:?}" "${HTTPD_MODULES:?}" "${EXPECT_MODULE:?}"
port=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)/build/run

# Ctrl-C goes to the whole foreground process group of the terminal. As a job of its own this script, not make,
# is that group, so that make ends without "Error 130".
if [[ -z ${DEMO_JOB:-} && -t 0 ]]; then
    set -m
    trap : INT
    DEMO_JOB=1 "$BASH" "${BASH_SOURCE[0]}" "$@" &
    trap 'kill -TERM $! 2>/dev/null' TERM HUP
    fg %% >/dev/null
    exit
fi

[[ $port =~ ^[0-9]+$ ]] || { echo "PORT=$port is not a port number" >&2; exit 2; }
if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "Port $port on 127.0.0.1 is taken: end what listens there, or try \`make run PORT=$((port + 1))\`." >&2
    exit 1
fi

rm -rf "$root"
mkdir -p "$root/documents/scripts"
documents=$root/documents
echo "The resource." >"$documents/resource"
cat >"$documents/scripts/upload" <<'SCRIPT'
#!/bin/sh
arrived=$(wc -c)
printf 'Content-Type: text/plain\n\n%d bytes arrived\n' "$arrived"
SCRIPT
cat >"$documents/scripts/quota" <<'SCRIPT'
#!/bin/sh
# A client that does not say how much it sends may not begin either.
[ "${HTTP_X_ORIGINAL_CONTENT_LENGTH:-9999999}" -lt 1000000 ] || echo 'Status: 507 Insufficient Storage'
printf 'Content-Type: text/plain\n\nYour quota is used up.\n'
SCRIPT
chmod 755 "$documents"/scripts/*

# Started by root, httpd serves as another user, who may be unable to reach a repository below /root.
user_lines='' temporary=''
if [[ $(id -u) == 0 ]]; then
    for user in www-data apache http wwwrun nobody; do
        if group=$(id -gn "$user" 2>/dev/null); then break; fi
    done
    user_lines="User $user"$'\n'"Group $group"
    if ! setpriv --reuid="$user" --regid="$group" --clear-groups test -r "$documents/resource"; then
        temporary=$(mktemp -d)
        chmod 755 "$temporary"
        cp -R "$documents/." "$temporary/"
        documents=$temporary
    fi
fi

configuration=$(<"$here/demo.conf.in")
configuration=${configuration//@ROOT@/$root}
configuration=${configuration//@PORT@/$port}
configuration=${configuration//@USER@/$user_lines}
configuration=${configuration//@MODULES_DIR@/$HTTPD_MODULES}
configuration=${configuration//@MODULE@/$EXPECT_MODULE}
configuration=${configuration//@DOCUMENTS@/$documents}
printf '%s\n' "$configuration" >"$root/httpd.conf"
head -c 2097152 /dev/zero >"$root/2M"

httpd=
stop() {
    trap '' INT TERM HUP
    [[ -z $httpd ]] || kill -TERM "$httpd" 2>/dev/null || true
}
# A signal cuts `wait` short; only a second one sees httpd's end.
trap stop INT TERM HUP

# Not in our process group: Ctrl-C must reach httpd's parent process as an orderly stop, not every process of it.
setsid "$HTTPD" -f "$root/httpd.conf" -DFOREGROUND </dev/null &
httpd=$!

ready=
for _ in {1..100}; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then ready=1 && break; fi
    kill -0 "$httpd" 2>/dev/null || break
    sleep 0.1
done

if [[ -n $ready ]]; then
    server="http://127.0.0.1:$port"
    cat <<TEXT

httpd with mod_expect listens on 127.0.0.1:$port. Try in another terminal (policy: conf/demo/demo.conf.in):

1. The default policy. An unknown expectation is refused: HTTP/1.1 417 Expectation Failed
     curl -i -H 'Host: default.localhost' -H 'Expect: certain-expectation' $server/resource
2. The same with content: HTTP/1.1 417 Expectation Failed at once, with Connection: close, and nothing is uploaded
     curl -i -H 'Host: default.localhost' -H 'Expect: 100-continue, certain-expectation' -T '$root/2M' $server/upload
3. 100-continue is met where something reads the content: HTTP/1.1 100 Continue, then HTTP/1.1 200 OK
     curl -i -H 'Host: default.localhost' -H 'Expect: 100-continue' -T '$root/2M' $server/upload
4. ... and where nothing does: HTTP/1.1 200 OK at once, and nothing is uploaded
     curl -i -H 'Host: default.localhost' -H 'Expect: 100-continue' -T '$root/2M' -X POST $server/resource
5. A host that meets the extension: HTTP/1.1 200 OK
     curl -i -H 'Host: extension.localhost' -H 'Expect: certain-expectation' $server/resource
6. ... also beside 100-continue: HTTP/1.1 100 Continue, then HTTP/1.1 200 OK
     curl -i -H 'Host: extension.localhost' -H 'Expect: 100-continue, certain-expectation' -d a=b $server/upload
7. A host that takes uploads up to 1 MiB. Longer: HTTP/1.1 413 Request Entity Too Large, nothing uploaded
     curl -i -H 'Host: limited.localhost' -H 'Expect: 100-continue' -T '$root/2M' $server/upload
8. ... and short: HTTP/1.1 100 Continue, then HTTP/1.1 200 OK
     curl -i -H 'Host: limited.localhost' -H 'Expect: 100-continue' -d a=b $server/upload
9. A host where an application decides: HTTP/1.1 507 Insufficient Storage, in its words, nothing uploaded
     curl -i -H 'Host: asking.localhost' -H 'Expect: 100-continue' -T '$root/2M' $server/upload
10. ... and when it has no objection: HTTP/1.1 100 Continue, then HTTP/1.1 200 OK
     curl -i -H 'Host: asking.localhost' -H 'Expect: 100-continue' -d a=b $server/upload
11. What was counted, for a browser, and for programs
     $server/expect-status
     curl -s '$server/expect-status?json'

Ctrl-C ends it. Requests and rejections:

TEXT
fi

status=0
wait "$httpd" || status=$?
# Stopped by a signal to us: httpd is on its way out, and its end is the success.
if [[ $status -gt 128 ]]; then
    status=0
    wait "$httpd" || status=$?
fi
[[ -z $temporary ]] || rm -rf "$temporary"
[[ -n $ready ]] || echo "httpd did not start; its configuration is $root/httpd.conf" >&2
[[ $status == 0 && -n $ready ]] || exit 1
echo
echo "Ended."
