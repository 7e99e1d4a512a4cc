"""How a sandbox is to be run, and what contradicts itself. Knows no port and no loop."""

import msgspec

from fenzu.errors import UsageError
from fenzu.sandbox.events.callback import read_callback
from fenzu.sandbox.http.hosts import is_host
from fenzu.sandbox.http.limits import Limits
from fenzu.sandbox.rules.quota import Mode
from fenzu.wire.rulebooks import RulebookName
from fenzu.wire.words import Language, Words


class Settings(msgspec.Struct, frozen=True):
    """How to run a sandbox. Port 0 picks a free one; without `store` the data go when the process goes."""

    host: str = "127.0.0.1"
    port: int = 8060
    control_port: int = 8061
    store: str | None = None
    rules: RulebookName = "2013"
    demo: bool = False
    quota: Mode | None = None
    """None: as the store has it, `off` in a new one."""
    followers: int | None = None
    seed: str | None = None
    """A file to make the first account from."""
    language: Language = "en"
    allow_host: tuple[str, ...] = ()
    """More names that both ports answer to."""
    expose: bool = False
    """Listen on `host` even if other machines can reach it."""
    control_key_file: str | None = None
    """The control port asks for the key in this file; with it, it is exposed as the platform's port is."""
    tls: bool = False
    """Speak HTTPS at the platform's port, and at a control port that is exposed."""
    ca_folder: str | None = None
    """Where the certificate authority is kept; else beside the store, or nowhere for a temporary one."""
    proxy_port: int | None = None
    """Serve a proxy that leads to the platform's hosts, and they are this sandbox."""
    hostile: int | None = None
    """The seed of a bad day; None for a platform that answers."""
    env_file: str | None = None
    """A file of variables for shells, which is there exactly while the sandbox answers."""
    callback: str | None = None
    """Where events of followers are pushed; on this machine, unless `expose`."""
    callback_token: str = "fenzu"
    """What they are signed with."""
    limits: Limits = Limits()
    until_stdin_ends: bool = False
    """End when standard input does: whoever holds the other end cannot leave the sandbox behind."""

    @property
    def speaks_tls(self) -> bool:
        """Whether a certificate is needed: a proxy's tunnels are TLS even where the port is plain."""
        return self.tls or self.proxy_port is not None


def check(settings: Settings) -> None:
    """Refuse what contradicts itself."""
    if settings.demo and settings.followers is not None:
        raise UsageError(
            Words("--demo brings its own followers", "--demo 自带粉丝"),
            Words("give either --demo or --followers", "--demo 和 --followers 只能选一个"),
        )
    if settings.seed is not None and (settings.demo or settings.followers is not None):
        raise UsageError(
            Words("--seed brings its own followers", "--seed 自带粉丝"),
            Words("give one of --seed, --demo and --followers", "--seed、--demo 和 --followers 只能选一个"),
        )
    for name in settings.allow_host:
        if not is_host(name):
            raise UsageError(
                Words(f"{name} is no host name", f"{name} 不是主机名"),
                Words("give a name alone, such as sandbox.internal", "只写主机名，例如 sandbox.internal"),
            )
    if settings.callback is not None:
        read_callback(settings.callback, settings.callback_token, anywhere=settings.expose)
    if settings.speaks_tls:
        from fenzu.sandbox.http.authority import require

        require()
    elif settings.ca_folder is not None:
        raise UsageError(
            Words("--ca-folder needs --tls or --proxy-port", "--ca-folder 须与 --tls 或 --proxy-port 同用")
        )
    if settings.followers is not None and settings.followers < 0:
        raise UsageError(Words("--followers is a number from 0 on", "--followers 是不小于 0 的数"))
