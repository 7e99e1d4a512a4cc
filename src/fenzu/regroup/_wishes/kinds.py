"""What can be odd about a wish, in words: what it is, and what to do. No row and no openid is spoken of here."""

from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from fenzu.wire.words import Words

ProblemKind: TypeAlias = Literal[
    "empty_openid",
    "bad_openid",
    "empty_group",
    "too_few_fields",
    "too_many_fields",
    "undecodable",
    "open_quote",
    "not_json",
]


class Kind(msgspec.Struct, frozen=True):
    """A kind of oddity. `text` may hold `{detail}`: what a single row adds, such as another row's number."""

    title: Words
    """For a line that counts them."""
    text: Words
    advice: Words
    refused: bool = True
    """Whether rows of this kind are left out; the others are told and used."""


KINDS: MappingProxyType[str, Kind] = MappingProxyType(
    {
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
