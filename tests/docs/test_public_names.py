"""Nothing public is untold: every name that a user of the library can import or call stands on the page of the API."""

import inspect
from importlib import import_module
from types import ModuleType

import pytest

import fenzu
from fenzu.client import aio, sync
from tests.docs.reading import ROOT, headings

PAGE = ROOT / "docs" / "reference" / "api.md"
TOLD = {heading.lstrip("#").strip() for heading in headings(PAGE)}
MODULES = (
    "fenzu.client.transport",
    "fenzu.control",
    "fenzu.mirror",
    "fenzu.mirror.aio",
    "fenzu.mirror.directory",
    "fenzu.model",
    "fenzu.pace",
    "fenzu.pace.postgres",
    "fenzu.regroup",
    "fenzu.regroup.wishes",
    "fenzu.telemetry.otel",
    "fenzu.testing",
    "fenzu.tokens",
)
PARTS = ("Groups", "Followers", "Tags", "Blacklist", "Quota", "Domain")
CLIENTS = [
    (sync.Client, ""),
    (aio.AsyncClient, ""),
    *((getattr(sync, name), f"{name.lower()}.") for name in PARTS),
    *((getattr(aio, f"Async{name}"), f"{name.lower()}.") for name in PARTS),
]


@pytest.mark.parametrize("name", [name for name in fenzu.__all__ if not name.startswith("_")])
def test_names_of_the_package(name: str) -> None:
    """Each name that `fenzu` offers is told: by a heading, or in the text as `name` or `fenzu.name`."""
    text = PAGE.read_text(encoding="utf-8")
    assert name in TOLD or f"`{name}`" in text or f"`fenzu.{name}`" in text


@pytest.mark.parametrize("module", MODULES)
def test_classes_of_the_modules(module: str) -> None:
    """Each public class of the modules that users import from has a heading."""
    assert not [name for name in own_classes(import_module(module)) if name not in TOLD]


def own_classes(module: ModuleType) -> list[str]:
    """Return the public classes that the module or package defines; what it borrows is told at home."""
    found = inspect.getmembers(module, inspect.isclass)
    return [name for name, value in found if name[0] != "_" and value.__module__.startswith(module.__name__)]


@pytest.mark.parametrize("module", ["fenzu.mirror", "fenzu.regroup", "fenzu.regroup.wishes"])
def test_names_of_the_faces(module: str) -> None:
    """Each name that mirror and engine offer is told: by a heading, or in the table of types."""
    text = PAGE.read_text(encoding="utf-8")
    names = import_module(module).__all__
    assert not [name for name in names if name not in TOLD and f"| `{name}`" not in text and name != "aio"]


@pytest.mark.parametrize(("owner", "prefix"), CLIENTS)
def test_methods_of_the_clients(owner: type, prefix: str) -> None:
    """Each method of both clients has a heading (`aclose` under `close`)."""
    methods = [name for name in vars(owner) if not name.startswith("_")]
    assert not [name for name in methods if prefix + name.replace("aclose", "close") not in TOLD]
