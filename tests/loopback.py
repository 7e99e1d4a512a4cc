"""Only loopback may be reached from a test.

Sockets that Python opens are watched by an audit hook. Programs that tests start, and libraries that open their own
sockets, are led by the proxy variables to a port where nobody listens, whatever other host they ask for.
"""

import ipaddress
import sys
from collections.abc import MutableMapping

# Port 9 is `discard`: refused at once where nobody runs it, swallowed where somebody does.
NOWHERE = "http://127.0.0.1:9"

attempts: list[str] = []
_guarded = False


class ReachedOutError(Exception):
    """A test, or code under test, tried to reach a host that is not this machine."""


def guard_this_process() -> None:
    """Refuse connections and look-ups of other hosts, for as long as this process lives."""
    global _guarded  # noqa: PLW0603 - an audit hook cannot be taken away, so it is added once
    if not _guarded:
        _guarded = True
        sys.addaudithook(_judge)


def guard_programs(environment: MutableMapping[str, str]) -> None:
    """Lead what obeys the proxy variables nowhere, but for loopback, and keep installers off their indexes."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy"):
        environment[name] = environment[name.upper()] = NOWHERE
    environment["no_proxy"] = environment["NO_PROXY"] = "localhost,127.0.0.1,::1"
    environment["PIP_NO_INDEX"] = "1"
    environment["npm_config_offline"] = "true"


def is_loopback(host: object) -> bool:
    """Tell whether a host, as socket functions take it, means this machine."""
    if host is None:
        return True
    text = host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)
    if text.lower() in {"", "localhost", "ip6-localhost"} or text.lower().endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _judge(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        if not isinstance(address, tuple):  # a Unix socket, or one that is already connected
            return
        host = address[0]
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    # AF_NETLINK and its like have numbers where others have hosts.
    if isinstance(host, int) or is_loopback(host):
        return
    attempts.append(f"{host!s} ({event})")
    raise ReachedOutError(f"only loopback may be reached from a test, not {host!s}")
