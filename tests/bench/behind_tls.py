"""Instructions for one request behind TLS, where the core does not see the bytes before mod_ssl has decrypted them."""

from instructions import measure_table
from setups import SETUPS

KEYS = ("get4", "get20")


def run(say):
    behind = [setup._replace(key=f"tls-{setup.key}", modules=(*setup.modules, "ssl")) for setup in SETUPS]
    return measure_table(say, "behind TLS", behind, KEYS)
