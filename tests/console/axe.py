"""What axe-core objects to on a page: the rules of WCAG 2.0, 2.1 and 2.2 at levels A and AA, and its best practices."""

from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parent / "node/node_modules/axe-core/axe.min.js"
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2, and off by itself
    "resultTypes": ["violations"],
}
RUN = """async (options) => {
  const { violations } = await axe.run(document, options);
  const said = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}: ${said(node)}`));
}"""


@cache
def _source() -> str:
    if not AXE.exists():
        pytest.skip("needs axe-core, which `make peers` brings with npm")
    return AXE.read_text()


def objections(page: Page) -> list[str]:
    """Return what axe-core finds wrong on a page as it stands: rule, element and reason."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_source())
    found: list[str] = page.evaluate(RUN, OPTIONS)
    return found
