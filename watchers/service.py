"""What a service tells systemd, where it is one: `sd_notify(3)`."""

import os
import socket
from contextlib import suppress


def notify(message: str) -> None:
    """Tell whoever supervises us; nobody, where nobody does."""
    address = os.environ.get("NOTIFY_SOCKET")  # noqa: TID251 - systemd's, not ours
    if not address:
        return
    place = "\0" + address[1:] if address.startswith("@") else address
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        sender.sendto(message.encode(), place)
