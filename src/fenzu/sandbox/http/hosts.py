"""The names that a port answers to, against DNS rebinding. Knows no connection and no answer.

A web page may have its own name point at this machine; then a browser lets it read what the sandbox answers. Such a
request carries the page's name in its Host header, never an address.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

REMEMBERED = 64
"""Spellings (`localhost:8060`) that are known to be right and need no second look."""

NEVER = frozenset("* \t")
"""No pattern is read into a name: `*.internal` would match nothing."""


class Hosts:
    """`localhost`, the loopback addresses and `names`; with `any_address` every address, as no name can rebind one."""

    def __init__(self, names: Iterable[str] = (), *, any_address: bool = False) -> None:
        self.names = frozenset(map(_plain, ("localhost", *names)))
        self.any_address = any_address
        self.known: set[bytes] = set()
        """Values of the header that were admitted before: whoever is in a hurry looks here first."""

    def admits(self, host: bytes) -> bool:
        """Tell whether a Host header names this sandbox."""
        name = hostname("//" + host.decode("latin-1"))
        if not self.has(name) and not (self.any_address and _address(name)):
            return False
        if len(self.known) < REMEMBERED:
            self.known.add(host)
        return True

    def has(self, name: str) -> bool:
        """Tell whether the name or address is known to be this sandbox's."""
        address = _address(name)
        return _plain(name) in self.names or (address is not None and address.is_loopback)


def is_host(name: str) -> bool:
    """Tell whether it is a name or an address alone, which a Host header could hold."""
    if _address(name) is not None:
        return True
    return bool(name) and not set(name) & NEVER and hostname(f"//{name}") == name.lower()


def hostname(url: str) -> str:
    """Return the host that a URL names, in lower case and without brackets; empty for none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _address(name: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(name)
    except ValueError:
        return None


def _plain(name: str) -> str:
    """Return the one spelling of a name or an address; clients send a name such as 沙箱.cn in ASCII."""
    address = _address(name)
    if address is not None:
        return str(address)
    name = name.lower().removesuffix(".")
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode()
    except UnicodeError:  # it is no name; nobody will ask for it
        return name
