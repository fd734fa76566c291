# Python's requests. It sends the field because it was told to, and the content behind it without waiting.
import sys

import requests

url, expectation, file = (sys.argv[1:] + [None])[:3]
headers = {"Expect": expectation}

if file:
    with open(file, "rb") as content:
        response = requests.post(url, data=content, headers=headers, timeout=20)
else:
    response = requests.get(url, headers=headers, timeout=20)
print(response.status_code)
print(response.text, end="")
