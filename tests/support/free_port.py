"""Ports for private servers."""

import socket
import threading

given, lock = set(), threading.Lock()


def free_port(address="127.0.0.1"):
    """A free port that this program has not given away before: two servers that start at once must not take each
    other's answers for their own. Another program may still take it, so whoever listens has to try again."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        with socket.socket(family) as probe:
            probe.bind((address, 0))
            port = probe.getsockname()[1]
        with lock:
            if port not in given:
                given.add(port)
                return port
