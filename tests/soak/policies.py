"""The policies that the soak changes between, and what each kind of request gets under each of them.

An outcome is the interim statuses and the final one, in their order. Statuses are as different as can be, so that an
answer tells which policy gave it.
"""

# A file, which nobody reads content for, and four resources that do. Some are told from others by the policies.
FILE, READER, IGNORED, ASKED, BACKEND = "/plain.txt", "/reader", "/ignored", "/asked", "/backend"
# What all policies have in front.
SPECIAL = (
    f"ExpectRule ignore 100-continue \"expr=%{{REQUEST_URI}} == '{IGNORED}'\"\n"
    f"ExpectRule ask 100-continue url=/application \"expr=%{{REQUEST_URI}} == '{ASKED}'\"\n"
)
POLICIES = {
    "A": "ExpectPolicy On\nExpectRule meet good\n" + SPECIAL + "ExpectRule ignore other\n",
    "B": "ExpectPolicy On\nExpectRule reject good status=403\n"
    + SPECIAL
    + "ExpectRule reject 100-continue longer-than=1 status=413\nExpectRule reject other status=409\n"
    "ExpectRule reject @malformed status=422\nExpectRule reject * status=428\n"
    "Redirect 406 /application\n",
    "C": "ExpectPolicy On\nExpectRule reject good status=410\n"
    + SPECIAL
    + "ExpectRule continue 100-continue\nExpectRule meet other\n"
    "ExpectRule reject @malformed status=424\nExpectRule reject * status=429\n",
}
STOCK = "stock"  # httpd without the module
REFUSAL = 507  # of the backend, which reads no content


class Kind:
    """A request. content: None, "withheld" until a 100 or, with patience, until none has come, or "sent" at once."""

    def __init__(self, field, content=None, path=FILE, **outcomes):
        self.field, self.content, self.path, self.outcomes = field, content, path, outcomes

    @property
    def method(self):
        return "GET" if self.path == FILE else "POST"


# Stock httpd holds its own 417 back while content is withheld, and makes 500 of what a backend refuses meanwhile, so
# such a kind is not asked of it.
KINDS = {
    "no field": Kind(None, A=(200,), B=(200,), C=(200,), stock=(200,)),
    "met or refused": Kind("good", A=(200,), B=(403,), C=(410,), stock=(417,)),
    "unknown": Kind("foo", A=(417,), B=(428,), C=(429,), stock=(417,)),
    "unknown, withheld": Kind("foo", "withheld", A=(417,), B=(428,), C=(429,)),
    "malformed": Kind("y 100-continue", A=(417,), B=(422,), C=(424,), stock=(417,)),
    "malformed, sent": Kind("y 100-continue", "sent", A=(417,), B=(422,), C=(424,)),
    "ignored or refused": Kind("other", A=(200,), B=(409,), C=(200,), stock=(417,)),
    "upload, withheld": Kind("100-continue", "withheld", READER, A=(100, 200), B=(413,), C=(100, 200), stock=(100, 200)),
    "upload, sent": Kind("100-continue", "sent", READER, A=(100, 200), B=(413,), C=(100, 200), stock=(100, 200)),
    "upload that nobody reads": Kind("100-continue", "withheld", A=(200,), B=(413,), C=(100, 200), stock=(100, 200)),
    "upload without 100": Kind("100-continue", "withheld", IGNORED, A=(200,), B=(200,), C=(200,)),
    "upload asked about": Kind("100-continue", "withheld", ASKED, A=(100, 200), B=(406,), C=(100, 200)),
    "upload refused behind": Kind("100-continue", "withheld", BACKEND, A=(REFUSAL,), B=(413,), C=(100, REFUSAL)),
    "list, withheld": Kind("100-continue, good", "withheld", READER, A=(100, 200), B=(413,), C=(410,)),
    "list, no content": Kind("100-continue, good", A=(200,), B=(428,), C=(410,), stock=(417,)),
}
CONTENT = b"hello"
