"""The command `fenzu`: which commands there are, as data. A command's module is imported when the command is used."""

from typing import NamedTuple

from fenzu.cli.command import LazyGroup, Option
from fenzu.cli.language import Line


class Entry(NamedTuple):
    """One command: where its code lives (`module:name`) and what it is for, in a line."""

    target: str
    words: Line


TABLE: dict[str, Entry] = {
    "demo": Entry(
        "fenzu.cli.demo:demo",
        Line("see groups managed for real, start to end", "从头到尾看一遍真实的分组管理"),
    ),
    "sandbox": Entry(
        "fenzu.cli.sandbox:sandbox", Line("run the platform on this machine", "在本机运行微信平台沙箱")
    ),
    "console": Entry(
        "fenzu.cli.console:console",
        Line("see and move followers in the browser", "在浏览器中查看和移动粉丝"),
    ),
    "groups": Entry(
        "fenzu.cli.groups:groups",
        Line("create, list, rename, delete groups; move followers", "新建、列出、改名、删除分组，移动粉丝"),
    ),
    "followers": Entry(
        "fenzu.cli.followers:followers",
        Line("list followers, show profiles, set remarks", "列出粉丝，查看资料，写备注"),
    ),
    "mirror": Entry(
        "fenzu.cli.mirror:mirror",
        Line("keep a local copy of who is in which group", "在本地保存每个粉丝所在的分组"),
    ),
    "regroup": Entry(
        "fenzu.cli.regroup:regroup",
        Line(
            "regroup in bulk from a table: plan, apply, verify, undo",
            "按表格批量分组：计划、执行、核对、撤销",
        ),
    ),
    "worker": Entry(
        "fenzu.cli.worker:worker",
        Line("carry out queued runs of many accounts", "执行队列中多个账号的任务"),
    ),
    "tags": Entry(
        "fenzu.cli.tags:tags",
        Line("create, list, rename, delete tags; tag followers", "新建、列出、改名、删除标签，给粉丝打标签"),
    ),
    "blacklist": Entry(
        "fenzu.cli.blacklist:blacklist",
        Line("list the blacklist, add and remove followers", "黑名单：列出、拉黑、取消"),
    ),
    "quota": Entry(
        "fenzu.cli.quota:quota", Line("show and clear quotas, look requests up", "查看和清零额度，查询请求")
    ),
    "domain": Entry("fenzu.cli.domain:domain", Line("list the platform's addresses", "列出平台的 IP 地址")),
    "token": Entry("fenzu.cli.token:token", Line("print an access token", "打印 access_token")),
    "call": Entry("fenzu.cli.call:call", Line("make any call of the platform", "调用平台的任意接口")),
    "account": Entry("fenzu.cli.account:account", Line("keep accounts under a name", "以名字保存账号")),
    "errors": Entry("fenzu.cli.errors:errors", Line("explain the platform's error codes", "解释平台错误码")),
    "completion": Entry(
        "fenzu.cli.completion:completion", Line("print the shell's completion script", "打印 shell 补全脚本")
    ),
}

root = LazyGroup(
    "fenzu",
    table=TABLE,
    words=Line(
        "Follower groups of a WeChat Official Account: manage them, or run the platform locally.",
        "微信公众号用户分组：管理分组，或在本机运行平台沙箱。",
    ),
    examples=("fenzu demo", "fenzu sandbox --demo", "fenzu groups list"),
    params=[
        Option(["--version"], words=Line("show the version", "显示版本"), is_flag=True, expose_value=False)
    ],
)
