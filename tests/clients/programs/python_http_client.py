# Python's http.client. It skips 100 responses, and has no way to wait for one before the content.
import http.client
import sys
import urllib.parse

address, expectation, file = (sys.argv[1:] + [None])[:3]
url = urllib.parse.urlsplit(address)

connection = http.client.HTTPConnection(url.hostname, url.port, timeout=20)
content = open(file, "rb") if file else None
connection.request("POST" if file else "GET", url.path, body=content, headers={"Expect": expectation})
response = connection.getresponse()
print(response.status)
print(response.read().decode(), end="")
