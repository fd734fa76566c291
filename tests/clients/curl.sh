#!/bin/sh
# A request with an expectation, by curl. Prints the answer with its header.
curl -i -H "Expect: certain-expectation" "${1:-http://example.com/resource}"
