"""The private httpd that serves an example configuration as it stands in its file, with the port and the document
root replaced."""

from pathlib import Path

from support.private_httpd import PrivateHttpd

# Rejections, also those that are only detected; a client that goes before its content is read; the limit in
# upload-too-long.conf, told to a client that does not announce its content; and what a browser asks for unasked.
ALLOWED = (
    "expect: rejected", "expect: would reject", "client sent an unrecognized expectation value",
    "Error reading request entity data", "Requested content-length of .* than the configured limit", "favicon.ico",
)
ACCESS_LOG = 'CustomLog "@ROOT@/access.log" "%r %>s %X %{expect-field}n"\n'


class ExampleHttpd(PrivateHttpd):
    """PrivateHttpd with the file `configuration`, and with further modules, configuration and files. Servers of one
    configuration that run at the same time need different `place`s. Its end is an error where the error log holds a line
    that no server of this kind has to have, such as a child's death."""

    def __init__(self, configuration, modules=(), extra="", files=None, place=""):
        source = Path(configuration)
        example = source.read_text()
        for old, new in (("*:80", "127.0.0.1:@PORT@"), ("/var/www/html", "@ROOT@/documents")):
            if old not in example:
                raise RuntimeError(f"{source} has no {old}: it would not be the example that people read")
            example = example.replace(old, new)
        super().__init__(
            Path(place) / source.stem, ("log_config", *modules), f'{ACCESS_LOG}{extra}\nInclude "@ROOT@/example.conf"\n',
            {**(files or {}), "example.conf": example},
        )

    def __exit__(self, kind, *error):
        super().__exit__(kind, *error)
        faults = self.faults(allowed=ALLOWED)
        if faults and kind is None:
            raise RuntimeError("\n".join(faults))
