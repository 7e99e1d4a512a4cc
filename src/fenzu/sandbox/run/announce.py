"""What a sandbox says when it is ready: one JSON line for programs on stdout, recipes for people on stderr.

It writes; it knows no port and no store. This is the one place that prints the sandbox's own secret.
"""

import os
import shlex
import sys

import msgspec

from fenzu.sandbox.clock import Reading
from fenzu.sandbox.events.callback import Callback
from fenzu.sandbox.rules.quota import Mode
from fenzu.wire import environment
from fenzu.wire.words import Language, Words


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """The ready line; programs depend on its names and on their order. `repr` leaves the secret out."""

    ready: bool = True
    base_url: str
    control_url: str
    appid: str
    secret: str
    rules: str
    proxy_url: str | None = None
    ca_file: str | None = None
    pid: int
    version: str

    def __repr__(self) -> str:
        return f"Ready({self.base_url}, {self.appid})"

    def line(self) -> bytes:
        """Return the line as it is printed, with its newline."""
        return msgspec.json.encode(self) + b"\n"


TITLE = Words(
    "The sandbox answers as the platform does, rulebook {rules}. Ctrl-C ends it.",
    "沙箱已就绪，规则集 {rules}，按 Ctrl-C 结束。",
)
COPY = Words(
    "For a shell, the fenzu commands and fenzu.Client:",
    "在 shell 中设置，供 fenzu 命令和 fenzu.Client 使用：",
)
REACH = Words(
    "An SDK whose host is fixed comes here by variables alone, its code unchanged:",
    "主机地址写死的 SDK 无需改代码，只需设置环境变量：",
)
TRUST = Words(
    "It speaks https: clients have to trust its authority, {ca_file}",
    "沙箱使用 https，客户端须信任其 CA：{ca_file}",
)
PRELOAD = Words(
    "Node needs a file to load as well: docs/howto/unmodified-sdks.md",
    "Node 还需加载一个文件，见 docs/howto/unmodified-sdks.md",
)
POINT = Words("To point an SDK at it:", "让其他 SDK 指向沙箱：")
MORE = Words(
    "All recipes, and which of them were run: docs/howto/point-an-sdk.md",
    "全部做法及实测情况见 docs/howto/point-an-sdk.md",
)
TEMPORARY = Words(
    "The data are temporary and go when it ends; --store FILE keeps them.",
    "数据是临时的，结束后即消失；用 --store 文件 可保留。",
)

TURNED = Words(
    "Its clock is not real time: it shows {at} and runs {rate:g} times as fast. DELETE /clock goes back.",
    "时钟不是真实时间：现在是 {at}，速度为 {rate:g} 倍。DELETE /clock 可恢复。",
)
FROZEN = Words(
    "Its clock is frozen at {at}. DELETE /clock goes back to real time.",
    "时钟已冻结在 {at}。DELETE /clock 可恢复为真实时间。",
)
REFUSING = Words(
    "Calls beyond their quota are refused (--quota {mode}).",
    "超过额度的调用会被拒绝（--quota {mode}）。",
)

EXPOSED = Words(
    "Take care: with --expose, other machines can reach this sandbox at {at}. Whoever has a secret or a\n"
    "token can read and change its data. Put nothing real into it.",
    "注意：使用了 --expose，其他机器可以通过 {at} 访问本沙箱，持有 secret 或 token 者即可读写其数据。\n"
    "请勿放入任何真实数据。",
)
PLAIN = Words(
    "Without --tls, secrets and tokens cross the network in the clear.",
    "未使用 --tls，secret 和 token 在网络上以明文传输。",
)
CONTROL_EXPOSED = Words(
    "Its control port is open to them too, at {at}, for whoever has the key.",
    "控制端口也对其他机器开放（{at}），持有密钥者可用。",
)

PUSHING = Words(
    "Who subscribes or unsubscribes is pushed to {url} as an event, signed with the token {token}.",
    "关注和取消关注会作为事件推送到 {url}，签名用的 Token 为 {token}。",
)


def pushing(language: Language, callback: Callback) -> str:
    """Return the line about where events go."""
    return PUSHING.say(language).format(url=callback.url, token=callback.token)


def warning(language: Language, *, at: str, control_at: str | None, is_plain: bool) -> str:
    """Return the lines that name the risk of a sandbox that other machines can reach."""
    lines = [EXPOSED.say(language).format(at=at)]
    if control_at is not None:
        lines.append(CONTROL_EXPOSED.say(language).format(at=control_at))
    if is_plain:
        lines.append(PLAIN.say(language))
    return "\n".join([*lines, ""])


def unusual(language: Language, *, clock: Reading, mode: Mode) -> str:
    """Return the lines about what a store kept and its user may have forgotten: a turned clock, quotas that refuse."""
    lines = []
    if clock.frozen:
        lines.append(FROZEN.say(language).format(at=clock.beijing))
    elif clock.offset or clock.rate != 1:
        lines.append(TURNED.say(language).format(at=clock.beijing, rate=clock.rate))
    if mode != "off":
        lines.append(REFUSING.say(language).format(mode=mode))
    return "\n".join(lines)


def recipes(ready: Ready, language: Language, *, temporary: bool) -> str:
    """Return the lines for people: what to export, and how common SDKs take another host."""
    lines = [TITLE.say(language).format(rules=ready.rules)]
    if temporary:
        lines.append(TEMPORARY.say(language))
    lines += ["", COPY.say(language)]
    lines += [_export(name, value) for name, value in _variables(ready).items()]
    if is_tls(ready):
        lines.append(TRUST.say(language).format(ca_file=ready.ca_file))
    if ready.proxy_url is not None:
        lines += ["", REACH.say(language)]
        lines += [_export(name, value) for name, value in _proxy_variables(ready).items()]
        lines.append(PRELOAD.say(language))
    lines += ["", POINT.say(language)]
    lines += [f"  {name:<17}{how}" for name, how in _pointers(ready)]
    return "\n".join([*lines, MORE.say(language), ""])


def all_variables(ready: Ready) -> dict[str, str]:
    """Return all that a shell is told to export, and whose process answers."""
    return {**_variables(ready), **_proxy_variables(ready), environment.SANDBOX_PID: str(ready.pid)}


def _variables(ready: Ready) -> dict[str, str]:
    return environment.variables(
        base_url=ready.base_url,
        appid=ready.appid,
        secret=ready.secret,
        control_url=ready.control_url,
        ca_file=ready.ca_file,
    )


def _proxy_variables(ready: Ready) -> dict[str, str]:
    if ready.proxy_url is None or ready.ca_file is None:
        return {}
    return environment.proxy_variables(ready.proxy_url, ready.ca_file)


def _export(name: str, value: str) -> str:
    """Return a line for a shell, and behind it who reads that variable."""
    reader = environment.TRUST.get(name)
    return f"  export {name}={shlex.quote(value)}{f'  # {reader}' if reader else ''}"


def _pointers(ready: Ready) -> tuple[tuple[str, str], ...]:
    url = ready.base_url
    trusting, option = "", ""
    if is_tls(ready):
        trusting, option = f', ca_file="{ready.ca_file}"', f"--cacert {shlex.quote(ready.ca_file or '')} "
    return (
        ("fenzu", f'Client(appid, secret, base_url="{url}"{trusting})'),
        ("weixin-python", f'client.api_uri = "{url}"'),
        ("co-wechat-api", f"api.prefix = '{url}/cgi-bin/'"),
        ("wechat-api", f"api.endpoint = '{url}'"),
        ("EasyWeChat", f"'http' => ['base_uri' => '{url}/']"),
        ("curl", f"curl {option}'{url}/cgi-bin/token?grant_type=client_credential&appid=…&secret=…'"),
    )


def is_tls(ready: Ready) -> bool:
    """Tell whether the platform's port speaks https."""
    return ready.base_url.startswith("https://")


def announce(ready: Ready, language: Language, *, temporary: bool) -> None:
    """Tell programs, then people. A reader who has left already is no reason to stop."""
    _write(1, ready.line())
    say(recipes(ready, language, temporary=temporary))


def say(text: str) -> None:
    """Write a line to stderr; if nobody can read it any more, that is no reason to stop either."""
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        pass


def _write(descriptor: int, line: bytes) -> None:
    """Write past Python's buffers, which would complain of a closed pipe once more when the process ends."""
    try:
        while line:
            line = line[os.write(descriptor, line) :]
    except OSError:
        pass
