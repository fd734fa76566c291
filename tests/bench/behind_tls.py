"""Instructions for one request behind TLS, where the core does not see the bytes before mod_ssl has decrypted them."""

import subprocess

from instructions import measure_table
from machine import program
from private_httpd import WORK
from setups import SETUPS

KEYS = ("get4", "get20")


def make_identity():
    """A key and a certificate for one run; the lines of configuration that name them."""
    key, certificate = WORK / "tls.key", WORK / "tls.crt"
    subprocess.run([program("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                    "/CN=localhost", "-keyout", str(key), "-out", str(certificate)], check=True,
                   stderr=subprocess.DEVNULL)
    # The user that httpd starts as reads it; see serving_user().
    key.chmod(0o644)
    return f"""
SSLEngine On
SSLCertificateFile "{certificate}"
SSLCertificateKeyFile "{key}"
SSLSessionCache none
"""


def run(say):
    identity = make_identity()
    behind = [setup._replace(key=f"tls-{setup.key}", modules=(*setup.modules, "ssl"),
                             configuration=identity + setup.configuration) for setup in SETUPS]
    return measure_table(say, "behind TLS", behind, KEYS)
