"""The private httpd that serves an example configuration as it stands in its file, with the port and the document
root replaced."""

from pathlib import Path

from support.private_httpd import PrivateHttpd

ACCESS_LOG = 'CustomLog "@ROOT@/access.log" "%r %>s %X %{expect-field}n"\n'


class ExampleHttpd(PrivateHttpd):
    """PrivateHttpd with the file `configuration`, and with further modules, configuration and files. Servers of one
    configuration that run at the same time need different `place`s."""

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
