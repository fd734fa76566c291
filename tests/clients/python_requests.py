# A request with an expectation, by Python's requests.
import sys

import requests

url = sys.argv[1] if len(sys.argv) > 1 else "http://example.com/resource"

response = requests.post(url, headers={"Expect": "certain-expectation"})

if response.status_code == 417:
    print("Expectation Failed")
else:
    print("Response:", response.text, end="")
