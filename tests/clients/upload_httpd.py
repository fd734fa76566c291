"""The private httpd with a resource that takes uploads: /upload answers with the number of bytes that arrived."""

from clients.example_httpd import ExampleHttpd

COUNT = """#!/bin/sh
printf 'Content-Type: text/plain\\n\\n'
exec wc -c
"""

# HTTP/2 without TLS is for the clients that speak it; the others never ask.
EXTRA = """
Protocols h2c http/1.1
ScriptAlias "/upload" "@ROOT@/count.sh"
<Directory "@ROOT@">
    <Files "count.sh">
        Require all granted
    </Files>
</Directory>
"""


def upload_httpd(configuration, place=""):
    return ExampleHttpd(configuration, ("cgi", "alias", "http2"), EXTRA, {"count.sh": COUNT}, place)
