"""What the sandbox arranges where no platform can be asked: its HTTP, its time, its faults and what outlives it.

Rows like those of `behaviours.py`; the fidelity page shows both. Nobody should take one of these for production.
"""

from fenzu.wire.behaviours import Behaviour, Topic
from fenzu.wire.evidence import Mark
from fenzu.wire.words import Words

D, W, OURS = Mark.DOCUMENTED, Mark.WIRE, Mark.OURS

_HTTP = Topic(
    Words("HTTP", "HTTP"),
    (
        Behaviour(
            Words("hosts", "主机名"),
            Words(
                "the platform's five hosts, localhost and loopback addresses are answered; any other name 403",
                "应答平台的五个主机名、localhost 和回环地址；其他名字 403",
            ),
            (D, OURS),
        ),
        Behaviour(
            Words("HTTPS", "HTTPS"),
            Words(
                "plain HTTP unless `--tls` or `--proxy-port` is given; production takes HTTPS only",
                "默认明文 HTTP，`--tls` 或 `--proxy-port` 才是 HTTPS；线上只收 HTTPS",
            ),
            (D, OURS),
        ),
        Behaviour(
            Words("HTTP that is malformed or too large", "不合法或过大的 HTTP"),
            Words(
                "400; a head over 64 KiB 431",
                "400；头部超过 64 KiB 431",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("a parameter twice in the query", "查询串里重复的参数"),
            Words("the first counts", "以第一个为准"),
            (OURS,),
        ),
    ),
)

_CONTROL = Topic(
    Words("What only a sandbox has", "沙箱独有"),
    (
        Behaviour(
            Words("time", "时间"),
            Words(
                "its own clock, which control may turn: lives of tokens, quotas, rids and times of following go by it",
                "有自己的时钟，可经控制端口拨动：token 的有效期、额度、rid、关注时间都随它",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("faults", "故障"),
            Words(
                "none unless asked for; then any [code](codes.md) at any call, late, lost, broken or stale answers and tokens"
                " that end, by chance, number or time; equal seeds and calls give equal faults",
                "默认没有；可按需让任意接口应答任意[错误码](codes.md)，让应答延迟、丢失、残缺、陈旧，让 token 失效，"
                "按概率、次序或时间；种子和调用相同则故障相同",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("states of an account", "账号的状态"),
            Words(
                "as long as an account is in one of its [states](codes.md#states-of-an-account), the codes that it stands for"
                " are answered",
                "账号处于某个[状态](codes.md#states-of-an-account)期间，应答该状态对应的错误码",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("a restart", "重启"),
            Words(
                "with `--store` followers, groups, tags, tokens, quotas used and clears are there again; rids and faults are not",
                "用 `--store` 时，粉丝、分组、标签、token、已用额度和清零次数都在；rid 与故障不保留",
            ),
            (OURS,),
        ),
        Behaviour(
            Words("a store that fails", "存储故障"),
            Words(
                "-1, and nothing of the call is done; when the disk works again, so do the calls",
                "-1，且该调用什么也没有做；磁盘恢复后一切照常",
            ),
            (OURS,),
        ),
    ),
)

ARRANGEMENTS: tuple[Topic, ...] = (_HTTP, _CONTROL)
