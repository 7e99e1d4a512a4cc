"""A plan as JSON, Markdown and a page: complete, in both languages, and harmless whatever a group is called."""

import base64
import json
import re
from hashlib import sha256
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import msgspec
import pytest
from tests.unit.regroup.planned import openid, plan_for

from fenzu.errors import mask
from fenzu.model import CallQuota
from fenzu.regroup._planning.cost import Reserve, needed, tell_cost
from fenzu.regroup._render import words
from fenzu.regroup._render.as_json import as_value
from fenzu.regroup._render.escape import printable, quoted, short
from fenzu.regroup._render.flow_picture import NODES, OTHERS, lay_out, picture
from fenzu.regroup._render.lines import lines
from fenzu.regroup._render.markdown import as_markdown
from fenzu.regroup._render.notes import Basis, notes_of
from fenzu.regroup._render.page import as_page
from fenzu.regroup._render.tables import SHOWN, tables
from fenzu.regroup._render.view import View, view_of
from fenzu.regroup._values import Delete, Flow, KnownGroup, Plan
from fenzu.wire.endpoints import PRODUCTION_URL
from fenzu.wire.words import Language, Words

EVIL = "<script>alert(1)</script>|`x`\u202e"
GROUPS = (KnownGroup(0, "未分组"), KnownGroup(100, EVIL), KnownGroup(101, "老客户"))
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def a_plan() -> Plan:
    """Seventy out of an evil group, sixty of them into one to be made, and a group renamed."""
    state = {openid(n): 100 if n < 71 else 101 if n < 131 else 0 for n in range(400)}
    rows = [(openid(n), "VIP & Co" if n < 60 else "0") for n in range(70)]
    rows += [(openid(n), "贵宾") for n in range(71, 131)]
    rows += [(openid(999), "VIP & Co"), (openid(200), "0"), (openid(201), "777")]
    return plan_for(state, rows, GROUPS, create=True, rename=True)


def shown(plan: Plan, *, asked: bool = True, notes: tuple[Words, ...] = ()) -> View:
    quotas = [CallQuota("/cgi-bin/groups/members/batchupdate", 100, 99, 1)]
    cost = tell_cost(needed(plan), quotas, Reserve(), plan.header.made_at) if asked else None
    parts = plan.groups, plan.creates, plan.renames, plan.deletes
    return view_of(plan.header, *parts, plan.batches, cost=cost, notes=notes)


def test_what_is_worth_a_note() -> None:
    """A mirror that is old or not complete, and what today's platform may refuse, stand beside the plan."""
    plan = plan_for({openid(1): 0}, [(openid(1), "一二三四五六七八九十甲")], create=True)
    groups = [KnownGroup(number, str(number)) for number in range(100, 200)]
    told = [note.en for note in notes_of(plan, groups, Basis(90_000.0, 1_200, is_listing=True))]
    assert [note.split(":")[0] for note in told] == [
        "the last sync has not come to the end of the list of followers, so the plan may lack some",
        "the oldest fact in the mirror is 1 day old",
        "of 1,200 followers the group is not known yet, so they are not planned for",
        "the account would have 101 groups of its own; the platform of today may refuse more than 100, and always 500",
        "the platform of today may refuse names of more than 30 bytes of UTF-8 (a Chinese character takes 3)",
    ]
    assert told[-1].endswith(': "一二三四五六七八九十甲"')
    assert notes_of(plan_for({}, []), groups, Basis(None, 0, is_listing=False)) == ()


def test_names_in_a_message() -> None:
    """A few of them, harmless and short; an openid in the place of a name is not told whole."""
    assert quoted(["VIP\x1b", openid(7)]).en == f'"VIP\ufffd", "{mask(openid(7))}"'
    assert quoted(["a", "b", "c", "d"]) == Words('"a", "b", "c", …', "“a”、“b”、“c”……")
    assert quoted(["x" * 50]).en == f'"{"x" * 39}…"'


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_json_holds_everything_but_openids() -> None:
    """The value has sums, groups, flows with names, cost and the rows with problems, and no openid at all."""
    plan = a_plan()
    value = as_value(shown(plan), "en")
    assert (value["moves"], value["calls"], value["batches"], value["along"]) == (70, 5, 3, 60)
    assert value["creates"] == [{"slot": -1, "name": "VIP & Co", "followers": 60}]
    assert value["renames"] == ({"group_id": 101, "old": "老客户", "new": "贵宾", "followers": 60},)
    assert value["problems"] == {"unknown_group": 1, "unknown_openid": 1}
    flow = {"source": 100, "source_name": EVIL, "target": -1, "target_name": "VIP & Co", "followers": 60}
    flows = value["flows"]
    assert isinstance(flows, list)
    assert flows[0] == flow
    cost = value["cost"]
    assert isinstance(cost, dict)
    assert (cost["calls"], cost["today"], cost["days"]) == (5, 3, 2)
    assert openid(1) not in json.dumps(value)
    assert as_value(shown(plan, asked=False), "zh")["cost"] is None


def test_findings_and_notes_are_told_in_every_rendering() -> None:
    """What a guard would refuse, and what else there is to know, stands in JSON, Markdown and page alike."""
    view = shown(a_plan(), notes=(Words("look here", "看这里"),))
    assert [finding.kind for finding in view.findings] == ["many_moved"]
    value = as_value(view, "zh")
    assert value["notes"] == ["看这里"]
    for text in (
        json.dumps(value["findings"], ensure_ascii=False),
        as_markdown(view, "zh"),
        as_page(view, "zh"),
    ):
        assert "超过 30 %" in text
    assert "look here" in as_markdown(view, "en")
    assert "look here" in as_page(view, "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_asks_nobody_for_anything(language: Language) -> None:
    """The page's policy allows its own style and nothing else, and no tag of it names anything outside."""
    text = as_page(shown(a_plan()), language)
    tags = Reader(text).tags
    assert {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "a", "base", "object"} == set()
    assert not {name for _, found in tags for name in found} & {"src", "href", "style", "onload", "onclick"}
    [policy] = [
        found["content"] for tag, found in tags if found.get("http-equiv") == "Content-Security-Policy"
    ]
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert policy is not None
    assert f"style-src 'sha256-{base64.b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert policy.startswith("default-src 'none';")
    assert "url(" not in style
    assert "prefers-color-scheme:dark" in style


def test_names_are_shown_as_text() -> None:
    """Markup, marks of Markdown and signs that turn the direction of writing do nothing, wherever a name stands."""
    view = shown(a_plan())
    page, markdown = as_page(view, "en"), as_markdown(view, "en")
    assert "<script" not in page
    assert "\\<script\\>alert(1)\\</script\\>\\|\\`x\\`" in markdown
    assert "\u202e" not in page + markdown
    assert printable("a\x1b[31m\ud800") == "a\ufffd[31m\ufffd"


def test_a_page_tells_production_from_a_sandbox() -> None:
    """Whoever approves a plan sees whether it is for the real platform."""
    plan = a_plan()
    assert "(a sandbox or test host)" in as_page(shown(plan), "en")
    real = msgspec.structs.replace(plan, header=msgspec.structs.replace(plan.header, base_url=PRODUCTION_URL))
    assert "(production)" in as_page(shown(real), "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_plan_says_so(language: Language) -> None:
    """Where there is nothing to do there is no picture and no tile, and words that say so."""
    view = shown(plan_for({openid(1): 0}, [(openid(1), "0")]), asked=False)
    page = as_page(view, language)
    assert words.NOTHING.say(language) in page
    assert "<svg" not in page
    assert as_markdown(view, language).startswith("# ")


def test_an_undo_is_called_one() -> None:
    """The way back has a title of its own, tells which groups go, and asks for no force."""
    plan = a_plan()
    header = msgspec.structs.replace(plan.header, kind="undo", mirrored_at=None)
    undo = msgspec.structs.replace(plan, header=header, deletes=(Delete(107, "VIP"),))
    view = shown(undo, asked=False)
    assert not view.findings
    assert "Undo of a regroup" in as_page(view, "en")
    assert "1 group is deleted" in as_markdown(view, "en")
    assert "撤销分组" in as_markdown(view, "zh")
    assert ("delete", "107", "VIP") in list(lines(view, "en"))


def test_the_picture_is_well_formed_and_names_every_flow() -> None:
    """The picture is XML of its own, and each band tells what it is when it is pointed at."""
    svg = ET.fromstring(picture(shown(a_plan()), "en"))
    bands = [path for path in svg if path.get("class", "").startswith("band")]
    told = [path.findtext("title") for path in bands]
    assert told[1] == f"{printable(EVIL)} → 未分组: 10"
    assert len(bands) == 2
    unnamed = msgspec.structs.replace(shown(a_plan()), groups=(), flows=(Flow(1234, 100, 5),))
    assert "1234 → 100: 5" in picture(unnamed, "en")


def test_many_groups_stand_together() -> None:
    """Twelve groups stand at each side, the largest at the top; the others are one, at the bottom."""
    flows = [Flow(source, 1000 + source, source) for source in range(100, 130)]
    layout = lay_out(flows)
    assert len(layout.left) == len(layout.right) == NODES + 1
    assert layout.left[0].group_id == 129
    assert layout.left[-1].group_id == OTHERS
    assert sum(node.followers for node in layout.right) == sum(flow.followers for flow in flows)
    for one, next_one in zip(layout.left, layout.left[1:], strict=False):
        assert one.y + one.height <= next_one.y
    assert layout.left[-1].y + layout.left[-1].height <= layout.height
    view = msgspec.structs.replace(shown(a_plan()), flows=tuple(flows))
    assert "其他分组" in picture(view, "zh")


def test_long_tables_are_cut_for_people() -> None:
    """A person sees the first rows and how many there are; a program gets them all."""
    flows = tuple(Flow(100, 1000 + n, 500 - n) for n in range(SHOWN + 5))
    view = msgspec.structs.replace(shown(a_plan()), flows=flows)
    [moves] = [table for table in tables(view) if table.key == "move"]
    assert len(moves.rows) == SHOWN + 5
    assert len(moves.cut().rows) == SHOWN
    assert f"the first {SHOWN} of {SHOWN + 5}" in as_markdown(view, "en")


def test_numbers_are_written_for_people() -> None:
    """Shares have a decimal where they are small; ages are told in their largest unit; names are cut by their width."""
    assert [words.share(*pair) for pair in ((0, 5), (1, 5_000), (1, 30), (1, 2), (1, 0))] == [
        "0 %",
        "< 0.1 %",
        "3.3 %",
        "50 %",
        "0 %",
    ]
    assert [str(words.age(s)) for s in (5, 60, 7_300, 90_000)] == [
        "less than a minute",
        "1 minute",
        "2 hours",
        "1 day",
    ]
    assert short("老客户", 6) == "老客户"
    assert short("老客户们", 6) == "老客…"
    assert words.kind_words("some_kind") == Words("some kind", "some kind")
