"""Accounts of a running sandbox, as a test wants them: where they answer, as whom, and who follows them.

It knows the control port that makes them, and neither the client nor pytest.
"""

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from secrets import token_hex

from fenzu.control import (
    AccountQuota,
    Control,
    ControlError,
    Fault,
    FaultReport,
    GroupSeed,
    LoggedRequest,
    TagSeed,
)
from fenzu.errors import UsageError
from fenzu.testing.process import Ready
from fenzu.wire.environment import proxy_variables, variables
from fenzu.wire.words import Words

AT_ONCE = 10_000
"""Openids told to the control port in one request: 300 kB, a small part of what it takes."""
REQUESTS_AT_ONCE = 1_000


class SandboxAccount:
    """A fresh account, of which no other test knows. `base_url`, `appid` and `secret` are what a client needs.

    `control` is the sandbox's control port, at `control_url`; `ca_file` names its authority if it speaks TLS. `repr`
    leaves the secret out.
    """

    def __init__(
        self, ready: Ready, control: Control, appid: str, secret: str, *, openid_prefix: str = "oTest001"
    ) -> None:
        self.base_url: str = ready.base_url
        self.control_url: str = ready.control_url
        self.ca_file: str | None = ready.ca_file
        self._proxy_url = ready.proxy_url
        self.control = control
        self.appid = appid
        self.secret = secret
        self._prefix = openid_prefix
        self._made_up = 0

    def __repr__(self) -> str:
        return f"SandboxAccount({self.appid!r}, base_url={self.base_url!r})"

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the command line and the recipes read, for a program that the test starts."""
        return variables(
            base_url=self.base_url,
            appid=self.appid,
            secret=self.secret,
            control_url=self.control_url,
            ca_file=self.ca_file,
        )

    @property
    def proxy_environment(self) -> dict[str, str]:
        """The variables that lead a program here that asks the platform's own host, for one that the test starts.

        The sandbox has to be started with `--proxy-port 0`; raises `UsageError` else.
        """
        if self._proxy_url is None or self.ca_file is None:
            raise UsageError(
                Words("this sandbox serves no proxy", "此沙箱没有代理"),
                Words("add --proxy-port 0 to its arguments", "给它加上参数 --proxy-port 0"),
            )
        return proxy_variables(self._proxy_url, self.ca_file)

    def add_followers(self, who: int | Iterable[str] = 1, *, group: int = 0) -> list[str]:
        """Let so many people, or these openids, follow the account, in `group`; return their openids.

        Made-up openids are alike in each run: `oTest001_0000000000000000001` is the first of a test's first account.
        """
        openids = self._make_up(who) if isinstance(who, int) else list(who)
        for start in range(0, len(openids), AT_ONCE):
            self.control.followers.add(self.appid, openids=openids[start : start + AT_ONCE], group=group)
        return openids

    def remove_followers(self, openids: Iterable[str]) -> None:
        """Let people unsubscribe: the platform answers 40003 for them from now on."""
        gone = list(openids)
        for start in range(0, len(gone), AT_ONCE):
            self.control.followers.remove(self.appid, gone[start : start + AT_ONCE])

    def set_quota(
        self,
        *,
        enforced: bool = True,
        used: Mapping[str, int] | None = None,
        limits: Mapping[str, int | None] | None = None,
        minute: Mapping[str, int | None] | None = None,
    ) -> AccountQuota:
        """Let calls beyond the account's quota be refused, and bring it near: `limits={"groups.move_many": 3}`.

        `used` is what counts as called today, `limits` a day's, `minute` a minute's, each by the calls' names. None
        goes back to the limit of the account's kind.
        """
        return self.control.quota.set(self.appid, enforced=enforced, used=used, limits=limits, minute=minute)

    def requests(
        self, *, call: str | None = None, errcode: int | None = None, text: str | None = None
    ) -> list[LoggedRequest]:
        """Return what the account's programs have asked so far and what was answered, the oldest first.

        `call` is a name (`groups.move`, `groups.*`); see `control.requests` for what the sandbox remembers.
        """
        found: list[LoggedRequest] = []
        page = self._requests_after(0, call, errcode, text)
        while page:
            found += page
            page = self._requests_after(page[-1].id, call, errcode, text)
        return found

    def _requests_after(
        self, after: int, call: str | None, errcode: int | None, text: str | None
    ) -> list[LoggedRequest]:
        return self.control.requests.list(
            appid=self.appid, call=call, errcode=errcode, text=text, after=after, limit=REQUESTS_AT_ONCE
        )

    def faults(self, *faults: Fault, seed: int = 0) -> FaultReport:
        """Let these faults hold for the account in place of those before, or none: `faults(Fault.busy("*", nth=3))`.

        What they have done is told by `control.faults.get(appid)`. They end with the account.
        """
        return self.control.faults.set(faults, self.appid, seed=seed)

    def set_state(self, state: str) -> None:
        """Put the account into a state in which the platform refuses calls, `"frozen"`; `"active"` ends it.

        The states, and the codes that they answer, stand in docs/reference/codes.md. Tokens stay as they are.
        """
        self.control.accounts.change(self.appid, state=state)

    def reset(self) -> None:
        """Take all followers and groups away; appid and secret stay."""
        self.control.reset(self.appid)

    def delete(self) -> None:
        """Remove the account with all that it holds. Repeating is safe."""
        try:
            self.control.accounts.delete(self.appid)
        except ControlError as error:
            if error.code != "unknown_account":
                raise

    def _make_up(self, count: int) -> list[str]:
        first = self._made_up + 1
        self._made_up += count
        return [f"{self._prefix}_{number:019}" for number in range(first, first + count)]


class AccountMaker:
    """Makes fresh accounts, and deletes them all in the end."""

    def __init__(self, ready: Ready, control: Control) -> None:
        self._ready = ready
        self._control = control
        self._made: list[SandboxAccount] = []

    def __call__(
        self,
        *,
        followers: int = 0,
        groups: Sequence[GroupSeed] = (),
        tags: Sequence[TagSeed] = (),
        kind: str | None = None,
        seed: str | PathLike[str] | None = None,
    ) -> SandboxAccount:
        """Make an account with so many followers, these groups and tags, and of this kind: ordinary, test or large.

        Or one from a file, `seed`: a table of followers (CSV, TSV) or an export. It gets an appid of its own.
        """
        if seed is None:
            new = self._control.accounts.create(kind=kind, groups=groups or None, tags=tags or None)
        elif groups or tags or kind:
            raise UsageError(Words("a seed brings its own groups and tags", "seed 自带分组和标签"))
        else:
            content = Path(seed).read_bytes()
            new = self._control.accounts.import_(content, appid=f"wx{token_hex(8)}")
        prefix = f"oTest{len(self._made) + 1:03}"
        account = SandboxAccount(self._ready, self._control, new.appid, new.secret, openid_prefix=prefix)
        self._made.append(account)
        account.add_followers(followers)
        return account

    def delete_all(self) -> None:
        """Delete what was made, but for what is gone already."""
        while self._made:
            self._made.pop().delete()
