"""The sockets of a sandbox, bound before anything is opened: a port that is taken is told at once."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from fenzu.sandbox.http.listen import address_of, bind, is_exposed, loopback_like


class Ports(NamedTuple):
    """The platform's port, the control port, and the proxy's if there is one."""

    platform: socket.socket
    control: socket.socket
    proxy: socket.socket | None

    @property
    def are_exposed(self) -> bool:
        """Whether other machines reach the platform's port, and the proxy's with it."""
        return is_exposed(self.platform)

    @property
    def is_control_exposed(self) -> bool:
        """Whether other machines reach the control port."""
        return is_exposed(self.control)


@contextmanager
def open_ports(
    host: str, port: int, control_port: int, proxy_port: int | None, *, expose: bool, has_key: bool
) -> Iterator[Ports]:
    """Bind all ports at `host`; the control port stays on loopback unless there is a key for it."""
    address = address_of(host, expose=expose)
    with ExitStack() as stack:
        platform = stack.enter_context(bind(address, port, "--port"))
        control_address = address if has_key else loopback_like(address)
        control = stack.enter_context(bind(control_address, control_port, "--control-port"))
        proxy = None
        if proxy_port is not None:
            proxy = stack.enter_context(bind(address, proxy_port, "--proxy-port"))
        yield Ports(platform, control, proxy)
