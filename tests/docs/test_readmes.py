"""The English and the Chinese README say the same."""

from tests.docs.reading import ROOT, Block, blocks, headings, links, tables

ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"


def test_same_headings() -> None:
    """Both READMEs have the same headings, level for level."""
    assert [h.count("#") for h in headings(ENGLISH)] == [h.count("#") for h in headings(CHINESE)]


def test_same_tables() -> None:
    """Both READMEs have the same tables, with as many rows."""
    assert tables(ENGLISH) == tables(CHINESE)


def test_same_samples() -> None:
    """Both READMEs show the same commands and programs, but for their comments and what the demo says."""
    english, chinese = (
        [bare(block) for block in blocks(page) if block.language != "demo"] for page in (ENGLISH, CHINESE)
    )
    assert english == chinese


def test_same_links() -> None:
    """Both READMEs lead to the same places, apart from each other, or to their translations."""
    english, chinese = (
        {link.replace(".zh-CN", "") for link in links(page) if not link.startswith("README")}
        for page in (ENGLISH, CHINESE)
    )
    assert english == chinese


def bare(block: Block) -> list[str]:
    return [line.split("#")[0].rstrip() for line in block.text.splitlines() if line.split("#")[0].strip()]
