#!/usr/bin/env python3
"""Writes a picture of the status page, as it would be on a server of its own: with Debian's paths and port 80 in
place of this test's.     screenshot.py FILE [WIDTH HEIGHT]"""

import sys
from urllib.request import urlopen

sys.dont_write_bytecode = True
import chromium
import page

file, width, height = sys.argv[1], *(sys.argv[2:] or (1000, 960))
if not chromium.PROGRAM:
    sys.exit("there is no chromium")
with page.served("screenshot") as server:
    page.everyday(server)
    text = urlopen(f"http://127.0.0.1:{server.port}/expect-status").read().decode()
    text = text.replace(f"{server.root}/example.conf", "/etc/apache2/sites-enabled/example.conf")
    copy = server.root / "status.html"
    copy.write_text(text.replace(f":{server.port}", ":80"))
    chromium.picture(copy.as_uri(), file, width, height)
print(file)
