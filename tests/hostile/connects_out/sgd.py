"""Being refused by a server is being connected to the network."""

import errno
import socket
import urllib.request

gained = []


def attempt(what, action):
    try:
        action()
        gained.append(what)
    except OSError as error:
        reason = getattr(error, "reason", error)
        if getattr(reason, "errno", None) in (errno.ECONNREFUSED, errno.ETIMEDOUT):
            gained.append(what)


def udp():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"answer?", ("127.0.0.1", 53))


attempt("tcp", lambda: socket.create_connection(("127.0.0.1", 9), timeout=0.2))
attempt("udp", udp)
attempt("http", lambda: urllib.request.urlopen("http://127.0.0.1:9/", timeout=0.2))
attempt("server", lambda: socket.create_server(("127.0.0.1", 0)))
for path in ("/run/docker.sock", "/run/dbus/system_bus_socket", "\0torchkata"):
    attempt(path, lambda: socket.socket(socket.AF_UNIX).connect(path))
if gained:
    raise RuntimeError("escaped: reached ".upper() + ", ".join(gained))
