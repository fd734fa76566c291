"""A backend that refuses every upload before it has read its content. Standard library only."""

import socket
import threading

from policies import REFUSAL

ANSWER = f"HTTP/1.1 {REFUSAL} Insufficient Storage\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
PATIENCE = 10  # seconds without a byte, after which it gives a connection up


class Backend:
    """Listens on a free port of 127.0.0.1, `port`, until the program ends."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.refuse, args=(connection,), daemon=True).start()

    def refuse(self, connection):
        connection.settimeout(PATIENCE)
        try:
            with connection:
                text = b""
                while b"\r\n\r\n" not in text:
                    more = connection.recv(4096)
                    if not more:
                        return
                    text += more
                connection.sendall(ANSWER)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(4096):  # unread content would reset the connection, and the answer be lost
                    pass
        except OSError:
            pass
