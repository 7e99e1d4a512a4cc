"""Reads what a module shows its users: classes, fields, methods and signatures as they are written. Imports nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SRC = Path(__file__).resolve().parents[2] / "src"
WIDTH = 88


class Member(NamedTuple):
    """A method or function: its name, its signature, "async " if it is awaited, and its docstring."""

    name: str
    signature: str
    colour: str
    doc: str


class Shown(NamedTuple):
    """A public class: how it is made, what it holds, what it does."""

    name: str
    doc: str
    made: str
    fields: tuple[tuple[str, str, str], ...]
    methods: tuple[Member, ...]


Definition = ast.FunctionDef | ast.AsyncFunctionDef


def classes(module: str) -> dict[str, Shown]:
    """Return the public classes that `module` (`fenzu.model`) defines, by name, in their order."""
    found = [node for node in _parse(module).body if isinstance(node, ast.ClassDef)]
    return {node.name: _shown(node) for node in found if not node.name.startswith("_")}


def functions(module: str) -> tuple[Member, ...]:
    """Return the public functions that `module` defines, in their order."""
    found = [node for node in _parse(module).body if isinstance(node, Definition)]
    return tuple(_member(node) for node in found if not node.name.startswith("_"))


def constants(package: str) -> set[int]:
    """Return the whole numbers that stand in the source of `package`."""
    trees = (
        ast.parse(path.read_text(encoding="utf-8"))
        for path in (SRC / package.replace(".", "/")).rglob("*.py")
    )
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is int}


def aliases(module: str) -> dict[str, tuple[str, str]]:
    """Return the names that `module` gives to types: what each stands for, and the docstring below it."""
    body = _parse(module).body
    found: dict[str, tuple[str, str]] = {}
    for node, below in zip(body, [*body[1:], None], strict=True):
        if (named := _alias(node)) is not None and not named[0].startswith("_"):
            said = (
                below.value.value
                if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
                else ""
            )
            found[named[0]] = named[1], str(said)
    return found


def _alias(node: ast.stmt) -> tuple[str, str] | None:
    match node:
        case ast.AnnAssign(ast.Name(name), ast.Name("TypeAlias"), ast.expr() as meant):
            return name, _text(meant)
        case ast.Assign([ast.Name(name)], ast.Call(ast.Name("NewType"), [_, meant])):
            return name, _text(meant)
    return None


def _parse(module: str) -> ast.Module:
    path = SRC.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(file.read_text(encoding="utf-8"))


def _shown(node: ast.ClassDef) -> Shown:
    methods = [child for child in node.body if isinstance(child, Definition)]
    # What has a method `open` is made by that.
    names = {child.name: child for child in methods}
    init = None if "open" in names else names.get("__init__")
    return Shown(
        node.name,
        _doc(node),
        _signature(node.name, init, returns=False) if init else "",
        tuple(_fields(node)),
        tuple(_member(child) for child in methods if not child.name.startswith("_")),
    )


def _fields(node: ast.ClassDef) -> Iterator[tuple[str, str, str]]:
    """Yield name, type and default of what the class holds."""
    for child in node.body:
        if isinstance(child, ast.AnnAssign) and isinstance(child.target, ast.Name):
            if not child.target.id.startswith("_"):
                yield child.target.id, _type(child.annotation), _default(child.value)
        elif isinstance(child, Definition) and _is_property(child) and child.returns:
            yield child.name, _type(child.returns), ""


def _default(value: ast.expr | None) -> str:
    """Return what a field is if nothing is said, also where msgspec is told more of it."""
    match value:
        case None:
            return ""
        case ast.Call(ast.Attribute(ast.Name("msgspec"), "field"), _, keywords):
            return next((_text(keyword.value) for keyword in keywords if keyword.arg == "default"), "")
        case _:
            return _text(value)


def _member(node: Definition) -> Member:
    if _is_property(node) and node.returns:
        return Member(node.name, f"{node.name} -> {_type(node.returns)}", "", _doc(node))
    colour = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    return Member(node.name, _signature(node.name, node), colour, _doc(node))


def _is_property(node: Definition) -> bool:
    return any(ast.unparse(decorator) == "property" for decorator in node.decorator_list)


def _signature(name: str, node: Definition, *, returns: bool = True) -> str:
    """Return the signature on one line, or a parameter a line where that is too long."""
    arguments = _arguments(node.args)
    tail = f" -> {_type(node.returns)}" if returns and node.returns else ""
    line = f"{name}({', '.join(arguments)}){tail}"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"){tail}"


def _arguments(arguments: ast.arguments) -> list[str]:
    first = [*arguments.posonlyargs, *arguments.args]
    gaps = len(first) - len(arguments.defaults)
    shown = [
        _argument(arg, arguments.defaults[i - gaps] if i >= gaps else None) for i, arg in enumerate(first)
    ]
    shown = [text for text in shown if text not in ("self", "cls")]
    if arguments.vararg:
        shown.append(f"*{_argument(arguments.vararg, None)}")
    elif arguments.kwonlyargs:
        shown.append("*")
    shown += [_argument(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    if arguments.kwarg:
        shown.append(f"**{_argument(arguments.kwarg, None)}")
    return shown


def _argument(arg: ast.arg, default: ast.expr | None) -> str:
    text = f"{arg.arg}: {_type(arg.annotation)}" if arg.annotation else arg.arg
    if default is None:
        return text
    return f"{text} = {_text(default)}" if arg.annotation else f"{text}={_text(default)}"


def _type(node: ast.expr) -> str:
    """Return an annotation as it is written, without the quotes of a forward reference and without `Unpack`."""
    match node:
        case ast.Constant(str() as name):
            return name
        case ast.Subscript(ast.Name("Unpack"), fields):
            return _text(fields)
        case _:
            return _text(node)


def _text(node: ast.expr) -> str:
    """Return the source of a value, quoted as it is in the rest of the source."""
    return ast.unparse(node).replace("'", '"')


def _doc(node: ast.ClassDef | Definition) -> str:
    return ast.get_docstring(node) or ""
