"""A socket is a way to be told the answer."""

import socket

FAMILIES = {
    "unix": 1, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "alg": 38, "vsock": 40, "xdp": 44,
}  # fmt: skip
gained = []
for name, family in FAMILIES.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
            gained.append(f"{name} {kind.name}")
        except OSError:
            pass
try:
    socket.socketpair()
    gained.append("socketpair")
except OSError:
    pass
if gained:
    raise RuntimeError("escaped: opened ".upper() + ", ".join(gained))
