"""`fenzu sandbox`: options in, a running sandbox out. What a sandbox is, it does not know."""

import click

from fenzu.cli.command import command, language_of, option
from fenzu.wire.words import Words

PORT = click.IntRange(0, 65535)


@command(
    None,
    "sandbox",
    words=Words(
        "run the platform on this machine, for any client in any language",
        "在本机运行微信平台沙箱，供任何语言的客户端使用",
    ),
    details=Words(
        "Prints one line of JSON on stdout once it answers, and recipes on stderr. Ctrl-C ends it.",
        "就绪后在标准输出打印一行 JSON，在标准错误打印使用方法。按 Ctrl-C 结束。",
    ),
    examples=(
        "fenzu sandbox --demo",
        "fenzu sandbox --followers 1000000 --rules 2021",
        "fenzu sandbox --store my.db --port 0 --control-port 0",
        "fenzu sandbox --store postgresql://fenzu@localhost/fenzu",
        "fenzu sandbox --hostile 7",
        "fenzu sandbox --port 0 --control-port 0 --env-file sandbox.env &",
    ),
)
@option(
    "--host",
    default="127.0.0.1",
    metavar="ADDRESS",
    show_default=True,
    words=Words(
        "address to listen on; a loopback one unless --expose", "监听的地址；未加 --expose 时只能是回环地址"
    ),
)
@option(
    "--port",
    type=PORT,
    default=8060,
    show_default=True,
    words=Words("port of the platform; 0 picks a free one", "平台端口，0 表示任意空闲端口"),
)
@option(
    "--control-port",
    type=PORT,
    default=8061,
    show_default=True,
    words=Words("port to control the sandbox by; 0 picks a free one", "控制端口，0 表示任意空闲端口"),
)
@option(
    "--store",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    words=Words(
        "keep the data in this file, or share them with other sandboxes at postgresql://…; "
        "else they go with the process",
        "数据保存到此文件，或存到 postgresql://… 与其他沙箱共用；否则随进程消失",
    ),
)
@option(
    "--rules",
    type=click.Choice(["2013", "2021"]),
    default="2013",
    show_default=True,
    words=Words("rulebook: what answers and limits are like", "规则集：应答和限制依照哪个版本"),
)
@option(
    "--quota",
    type=click.Choice(["off", "ordinary", "test", "large"]),
    words=Words(
        "refuse calls beyond the quotas of such an account; off counts only [default: off, or what the store keeps]",
        "超过此类账号的额度即拒绝；off 只计数 [默认 off，或存储中的设置]",
    ),
)
@option(
    "--demo",
    is_flag=True,
    words=Words(
        "begin with the account of the documents: 72,645 followers", "使用文档中的示例账号：72,645 个粉丝"
    ),
)
@option(
    "--followers",
    type=click.IntRange(min=0),
    metavar="N",
    words=Words("begin with an account of N followers", "使用有 N 个粉丝的新账号"),
)
@option(
    "--seed",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    words=Words(
        "begin with an account made from this CSV, TSV or exported JSON Lines",
        "用此 CSV、TSV 或导出的 JSON Lines 文件建立账号",
    ),
)
@option(
    "--allow-host",
    multiple=True,
    metavar="NAME",
    words=Words(
        "answer to this name too, where others reach the sandbox by it; may be repeated",
        "同时接受以此主机名发来的请求，可重复使用",
    ),
)
@option(
    "--tls",
    is_flag=True,
    words=Words(
        "speak https, under a certificate authority of its own (needs the extra: pip install '.[tls]' in a clone)",
        "使用 https，证书由沙箱自己的 CA 签发（需要附加依赖 tls：在克隆目录中 pip install '.[tls]'）",
    ),
)
@option(
    "--ca-folder",
    type=click.Path(file_okay=False),
    metavar="FOLDER",
    words=Words(
        "keep the authority here (ca.pem, ca.key); else beside --store FILE, or it goes with the process",
        "CA 保存到此目录（ca.pem、ca.key）；否则保存在 --store 文件旁边，或随进程消失",
    ),
)
@option(
    "--proxy-port",
    type=PORT,
    metavar="PORT",
    words=Words(
        "serve a proxy to the platform's hosts for SDKs whose host is fixed; 0 picks a free port (needs the extra tls)",
        "提供通往微信平台主机的代理，供主机地址写死的 SDK 使用；0 表示任意空闲端口（需要附加依赖 tls）",
    ),
)
@option(
    "--expose",
    is_flag=True,
    words=Words(
        "let other machines in: --host may be any address of this one; whoever can reach it can call it",
        "允许其他机器访问：--host 可为本机任意地址，能连上者均可调用",
    ),
)
@option(
    "--control-key-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    words=Words(
        "ask for the key in this file at the control port, which is then exposed with --expose too",
        "控制端口须出示此文件中的密钥；配合 --expose 时控制端口也对外开放",
    ),
)
@option(
    "--hostile",
    type=click.INT,
    metavar="SEED",
    words=Words(
        "let calls go wrong on purpose, the same way for the same seed; the start says how",
        "按种子让调用出错，种子相同则故障相同；启动时会说明规则",
    ),
)
@option(
    "--env-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    words=Words(
        "write the variables to this file, KEY=VALUE, there as long as the sandbox answers; a shell takes them in by "
        "`set -a; . ./FILE; set +a`",
        "把变量以 KEY=VALUE 写入此文件，沙箱就绪期间文件一直存在；shell 中用 `set -a; . ./文件; set +a` 读入",
    ),
)
@option(
    "--callback",
    metavar="URL",
    words=Words(
        "push who subscribes or unsubscribes to this address of yours, as the platform does",
        "有人关注或取消关注时，按平台的方式推送到此地址",
    ),
)
@option(
    "--callback-token",
    default="fenzu",
    show_default=True,
    metavar="TEXT",
    words=Words("what these pushes are signed with", "推送签名所用的 Token"),
)
@option("--until-stdin-ends", is_flag=True, words=Words("end when stdin does", "标准输入结束时退出"))
@click.pass_context
def sandbox(context: click.Context, /, **options: object) -> int:
    """Run a sandbox until it is interrupted."""
    import msgspec

    from fenzu.sandbox.run.serve import serve
    from fenzu.sandbox.run.settings import Settings

    return serve(msgspec.convert({**options, "language": language_of(context)}, Settings))
