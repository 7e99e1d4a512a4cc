"""How well a fact about the platform is known."""

from enum import StrEnum

from fenzu.wire.words import Words


class Mark(StrEnum):
    """The evidence for a fact; the fidelity page carries it on."""

    DOCUMENTED = "D"
    WIRE = "W"
    LIBRARY = "L"
    INFERRED = "I"
    OURS = "?"


MEANING = {
    Mark.DOCUMENTED: Words("documented by the platform", "平台文档所载"),
    Mark.WIRE: Words("seen on the wire: a real answer that somebody posted", "有人贴出的真实应答"),
    Mark.LIBRARY: Words("a library's comment or fixture", "某个库的注释或测试数据"),
    Mark.INFERRED: Words("inferred", "推断"),
    Mark.OURS: Words("nobody knows: fenzu's own choice", "无据可考：fenzu 自己的选择"),
}


def marks(text: str) -> tuple[Mark, ...]:
    """Read marks written one after the other: `marks("DW")`."""
    return tuple(Mark(letter) for letter in text)
