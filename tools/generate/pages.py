"""Which pages are generated, and by what."""

from collections.abc import Callable, Mapping
from pathlib import Path

from tools.generate.api import api_page
from tools.generate.codes import codes_page
from tools.generate.commands import commands_page
from tools.generate.control import control_page
from tools.generate.endpoints import endpoints_page
from tools.generate.errors import errors_page
from tools.generate.fidelity import fidelity_page
from tools.generate.openapi import control_document, platform_document

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"

PAGES: Mapping[str, Callable[[], str]] = {
    "api.md": api_page,
    "codes.md": codes_page,
    "commands.md": commands_page,
    "control.md": control_page,
    "endpoints.md": endpoints_page,
    "errors.md": errors_page,
    "fidelity.md": fidelity_page,
    "openapi-control.json": control_document,
    "openapi-platform.json": platform_document,
}
