"""What can be wrong with a wish, in words: what it is, and what to do. Knows no frame, no row and no openid."""

from types import MappingProxyType

import msgspec

from fenzu.wire.words import Words

UNCLEAR = ("unknown_group", "ambiguous_group", "bad_group_name")
"""Kinds of problems that lie in a group's name."""
REFUSED = (*UNCLEAR, "conflicting")
"""Kinds of problems that somebody has to settle first; rows of the other kinds are left out, and told."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of problem. `text` may hold `{detail}`: what a single row adds, such as another row's number."""

    title: Words
    """For a line that counts them."""
    text: Words
    advice: Words
    hint: Words | None = None
    """What is said beside the text where a row has a detail: it holds `{detail}` too."""
    left_out: bool = True
    """Whether rows of this kind are left out; the others are told and used."""


KINDS: MappingProxyType[str, Kind] = MappingProxyType(
    {
        # In the light of the account; a plan tells these.
        "unknown_openid": Kind(
            Words("does not follow the account", "不是该账号的粉丝"),
            Words("nobody who follows has this openid", "粉丝中没有这个 openid"),
            Words(
                "whoever has left cannot be moved; if they follow, bring the mirror up to date: fenzu mirror sync",
                "已取消关注的人无法移动；如果仍在关注，请更新镜像：fenzu mirror sync",
            ),
        ),
        "unknown_group": Kind(
            Words("no such group", "没有这个分组"),
            Words("the account has no group of this name or id", "账号没有这个名称或 id 的分组"),
            Words(
                "see `fenzu groups list`; to have groups of new names made: --create",
                "见 `fenzu groups list`；要新建这个名称的分组，请加 --create",
            ),
            Words("nearly the same: {detail}", "相近的有 {detail}"),
        ),
        "ambiguous_group": Kind(
            Words("several groups have this name", "多个分组重名"),
            Words("several groups of the account have this name", "账号有多个分组叫这个名称"),
            Words("give the group's id: `fenzu groups list`", "请给出分组 id：`fenzu groups list`"),
            Words("their ids are {detail}", "它们的 id 是 {detail}"),
        ),
        "bad_group_name": Kind(
            Words("no group can be called so", "不能作为分组名"),
            Words("no group can be called so: 1 to 30 characters", "不能作为分组名：应为 1 到 30 个字符"),
            Words("give a shorter name", "请换一个短些的名称"),
        ),
        "conflicting": Kind(
            Words("wanted in different groups", "同一 openid 要进不同分组"),
            Words(
                "row {detail} wants this openid in another group",
                "第 {detail} 行要把这个 openid 放到另一个分组",
            ),
            Words(
                "delete one of the rows, or say which counts: --on-conflict first, --on-conflict last",
                "删除其中一行，或指定以哪一行为准：--on-conflict first、--on-conflict last",
            ),
        ),
        "overruled": Kind(
            Words("overruled by another row", "被另一行取代"),
            Words("row {detail} counts for this openid", "该 openid 以第 {detail} 行为准"),
            Words("nothing needs to be done, if that row is right", "如果那一行是对的，则无需处理"),
        ),
        "repeated": Kind(
            Words("said before", "重复的行"),
            Words("row {detail} says the same", "与第 {detail} 行相同"),
            Words("nothing needs to be done", "无需处理"),
            left_out=False,
        ),
        "near_new_group": Kind(
            Words("new group, but there is one nearly so", "将新建分组，但已有名称相近的"),
            Words(
                "a group would be made of which only white space, width or case differ from {detail}",
                "将新建的分组与 {detail} 只差空白、全角半角或大小写",
            ),
            Words(
                "write the name as the group has it if that one is meant",
                "如果指的是已有的分组，请按它的写法填写",
            ),
            left_out=False,
        ),
        "empty_openid": Kind(
            Words("no openid", "缺少 openid"),
            Words("the openid is missing", "缺少 openid"),
            Words("fill the cell, or delete the row", "填上这个单元格，或删除这一行"),
        ),
        "bad_openid": Kind(
            Words("malformed openid", "openid 格式不对"),
            Words(
                "this is no openid: 28 characters, o first, then letters, digits, - and _",
                "这不是 openid：应为 28 个字符，以 o 开头，其后是字母、数字、- 和 _",
            ),
            Words(
                "copy it again from its source; a spreadsheet may have cut or changed it, and case matters",
                "从来源重新复制；电子表格可能截断或改动了它，且区分大小写",
            ),
        ),
        "empty_group": Kind(
            Words("no group", "缺少分组"),
            Words("the group is missing", "缺少分组"),
            Words(
                "fill the cell (0 or 未分组 takes somebody out of all groups), or delete the row",
                "填上这个单元格（0 或“未分组”表示移出所有分组），或删除这一行",
            ),
        ),
        "too_few_fields": Kind(
            Words("too few fields", "字段太少"),
            Words("the line has too few fields", "这一行的字段太少"),
            Words("complete the line, or delete it", "补全这一行，或删除它"),
        ),
        "too_many_fields": Kind(
            Words("too many fields", "字段太多"),
            Words("the line has more fields than the first one", "这一行的字段比第一行多"),
            Words(
                "put a name that holds the delimiter into quotation marks",
                "名称中含有分隔符时，请用双引号括起来",
            ),
        ),
        "undecodable": Kind(
            Words("bytes that are no text", "无法解码的字节"),
            Words(
                "the row holds bytes that are no text in this encoding", "这一行含有按此编码无法解码的字节"
            ),
            Words(
                "save the file as UTF-8, or name its encoding: --encoding gb18030",
                "把文件另存为 UTF-8，或指明编码：--encoding gb18030",
            ),
        ),
        "open_quote": Kind(
            Words("quotation mark not closed", "引号没有闭合"),
            Words("a quotation mark is opened and not closed", "引号打开后没有闭合"),
            Words(
                'close it; a quotation mark inside is written twice: ""', '补上引号；字段内的引号写两遍：""'
            ),
        ),
        "not_json": Kind(
            Words("no JSON object", "不是 JSON 对象"),
            Words("the line is no JSON object", "这一行不是 JSON 对象"),
            Words(
                'write an object a line: {"openid":"o…","group":"VIP"}',
                '每行写一个对象：{"openid":"o…","group":"VIP"}',
            ),
        ),
    }
)


def text_of(kind: str, detail: str) -> Words:
    """Return what is wrong with a row of a kind, with what is told of that row in particular."""
    known = KINDS[kind]
    texts = [known.text] if known.hint is None or not detail else [known.text, known.hint]
    return Words(
        "; ".join(text.en.replace("{detail}", detail) for text in texts),
        "；".join(text.zh.replace("{detail}", detail) for text in texts),
    )
