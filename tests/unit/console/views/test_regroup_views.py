"""The pages of regroup and what is done on them, asked without a browser, on an account in memory."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.pretended_account import PretendedAccount, openid_of
from tests.unit.console.browsing import JSON, OWN, Answer, Browser
from tests.unit.console.pretended_desk import a_console, fill, over, put_away

from fenzu.cli.xlsx import write_xlsx
from fenzu.console.account.desk import Desk
from fenzu.console.regroup import running
from fenzu.console.regroup.plan_files import all_runs, stem_of
from fenzu.console.regroup.plan_page import Shown, read_run
from fenzu.console.views import runs
from fenzu.database import open_database
from fenzu.errors import mask
from fenzu.regroup import open_run
from fenzu.regroup._books.handing import hand_over

OPENIDS = tuple(map(openid_of, range(400)))
FRIENDS = 100


@pytest.fixture
def account() -> PretendedAccount:
    """Four hundred without a group."""
    return PretendedAccount(OPENIDS, {FRIENDS: "朋友"})


@pytest.fixture
async def app(account: PretendedAccount, tmp_path: Path) -> AsyncIterator[Starlette]:
    """A console on that account, whose mirror is filled."""
    made = a_console(account, tmp_path)
    await fill(desk_of(made))
    yield made
    await put_away(desk_of(made))


def desk_of(app: Starlette) -> Desk:
    """Return the desk of the account."""
    desk = app.state.desks.get("shop")
    assert isinstance(desk, Desk)
    return desk


def as_csv(n: int, group: str = "朋友", titles: str = "openid,group") -> str:
    """A list that wants the first so many in a group."""
    return f"{titles}\n" + "".join(f"{openid},{group}\n" for openid in OPENIDS[:n])


async def drop(app: Starlette, browser: Browser, given: str | bytes, name: str = "crm.csv") -> str:
    """Give the console a list, wait until it was looked at, and return where that leads."""
    body = given if isinstance(given, bytes) else given.encode()
    answer = await browser.send("POST", f"/a/shop/regroup/lists?name={name}", {**OWN, **JSON}, body)
    assert answer.status == 201
    return await went(app, answer)


async def went(app: Starlette, answer: Answer) -> str:
    """Wait for the job that an answer leads to, and return where that leads."""
    job = await over(desk_of(app).jobs.get(answer.json["go"].rpartition("=")[2]))
    return str(job.told("en")["go"])


async def done(app: Starlette, browser: Browser, path: str, body: object = None) -> Answer:
    """Do something that is a job, wait until it is over, and return what was answered at first."""
    answer = await browser.post(path, body)
    if answer.status == 202:
        await over(desk_of(app).jobs.get(answer.json["job"]))
    return answer


async def test_a_list_becomes_a_plan_that_is_applied_and_taken_back(
    app: Starlette, browser: Browser, account: PretendedAccount
) -> None:
    """From the list to the report and back, each page tells where things stand."""
    before = account.state()
    address = await drop(app, browser, as_csv(60) + "nonsense,朋友\n")
    page = (await browser.get(address)).text
    assert "crm.csv" in page and "nonsense" in page and "<svg" in page
    assert "61 rows: 60 to move, 0 already there, 1 skipped." in page
    assert "Apply the plan" in page and "Nothing has been changed yet." in page
    assert (await done(app, browser, f"{address}/apply")).status == 202
    page = (await browser.get(address)).text
    assert "What became of it" in page and "Apply the plan" not in page
    assert "The plan, as it was made" in page and f'<a href="/a/shop/?group={FRIENDS}">' in page
    assert "61 rows: 60 to move, 0 already there, 1 skipped." in page
    await done(app, browser, f"{address}/check")
    assert "all 60 who were asked for" in (await browser.get(address)).text
    await done(app, browser, f"{address}/look")
    assert "Followers who go back: 60" in (await browser.get(address)).text
    assert (await browser.post(f"{address}/keep")).status == 200
    assert "Followers who go back" not in (await browser.get(address)).text
    await done(app, browser, f"{address}/undo")
    assert "What became of the undo" in (await browser.get(address)).text
    assert account.state() == before


async def test_a_run_that_ends_while_its_page_is_made_is_told_as_ended(
    app: Starlette, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page never says that somebody is at work on a plan when that has ended before the page was made."""
    address = await drop(app, browser, as_csv(60))
    await browser.post(f"{address}/apply", {})
    loop, job = asyncio.get_running_loop(), desk_of(app).jobs.last(running.RUN)

    def read_then_wait(path: Path) -> Shown:
        shown = read_run(path)
        asyncio.run_coroutine_threadsafe(over(job), loop).result(20)
        return shown

    monkeypatch.setattr(runs, "read_run", read_then_wait)
    page = (await browser.get(address)).text
    assert "Check a sample" in page and "Another program" not in page


async def test_outcomes_are_told_as_csv(app: Starlette, browser: Browser, account: PretendedAccount) -> None:
    """What has become of each follower can be saved, and who failed alone."""
    account.bad = {OPENIDS[3]}
    address = await drop(app, browser, as_csv(60))
    await done(app, browser, f"{address}/apply")
    answer = await browser.get(f"{address}/outcomes.csv")
    assert answer.headers["content-disposition"].endswith('.csv"')
    assert answer.text.count("\n") == 61
    failed = (await browser.get(f"{address}/outcomes.csv?failed")).text
    assert failed.count("\n") == 2 and OPENIDS[3] in failed
    page = (await browser.get(address)).text
    assert "40003" in page and OPENIDS[3] not in page


async def test_missing_groups_are_made_when_that_is_wanted(
    app: Starlette, browser: Browser, account: PretendedAccount
) -> None:
    """A group that is not there keeps a list from becoming a plan until it may be made."""
    address = await drop(app, browser, as_csv(60, "VIP"))
    assert "/regroup/lists/" in address
    page = (await browser.get(address)).text
    assert "Some rows have to be settled" in page and "no such group" in page
    assert not all_runs(desk_of(app).account.runs)
    problems = await browser.get(f"{address}/problems.csv", accept_language="zh")
    assert problems.text.count("\n") == 61 and "行" in problems.text
    address = await went(app, await browser.post(f"{address}/plan", {"create": True}))
    assert "/runs/" in address
    await done(app, browser, f"{address}/apply")
    (made,) = (group for group, name in account.names.items() if name == "VIP")
    assert f'<a href="/a/shop/?group={made}">' in (await browser.get(address)).text


async def test_which_row_counts_can_be_chosen(app: Starlette, browser: Browser) -> None:
    """Rows that contradict each other keep a list from becoming a plan until it is said which of them counts."""
    address = await drop(app, browser, as_csv(60) + f"{OPENIDS[0]},星标组\n")
    assert "/regroup/lists/" in address
    address = await went(app, await browser.post(f"{address}/plan", {"on_conflict": "last"}))
    assert "/runs/" in address


async def test_columns_that_are_not_clear_can_be_chosen(app: Starlette, browser: Browser) -> None:
    """Where titles tell nothing, the columns are offered, and the chosen ones are used."""
    address = await drop(app, browser, as_csv(60, titles="who,where"))
    page = (await browser.get(address)).text
    assert "It is not clear which columns" in page and "1: who" in page
    answer = await browser.post(f"{address}/plan", {"openid_column": "1", "group_column": "1"})
    assert answer.status == 400
    assert "cannot stand in the same column" in answer.json["message"]
    chosen = {"openid_column": "1", "group_column": "2"}
    address = await went(app, await browser.post(f"{address}/plan", chosen))
    assert "/runs/" in address


async def test_a_list_of_one_column_is_told(app: Starlette, browser: Browser) -> None:
    """Where the second column is missing that is said, with how the file begins (no openid whole) and an example."""
    address = await drop(app, browser, "openid\n" + "\n".join(OPENIDS[:60]), "note.txt")
    page = (await browser.get(address)).text
    assert "This file has one column; two are needed" in page
    assert "How the file begins" in page and "What a list looks like" in page
    assert OPENIDS[0] not in page and mask(OPENIDS[0]) in page
    assert "Make the plan" not in page
    address = await drop(app, browser, "会员\n".encode("gb18030"), "note.txt")
    assert "会员" in (await browser.get(address)).text


async def test_a_file_that_is_no_list_is_told(app: Starlette, browser: Browser) -> None:
    """What cannot be read at all is said in words, and the page stands."""
    address = await drop(app, browser, "PAR1 is how it begins, and that is all", "crm.parquet")
    page = (await browser.get(address)).text
    assert 'class="error"' in page


async def test_a_picture_is_told_as_one(app: Starlette, browser: Browser) -> None:
    """A picture is no table whatever its name says; nothing is asked about its columns, and another can be dropped."""
    address = await drop(app, browser, b"\xff\xd8\xff\xe0\x00\x10JFIF, and more", "crm.csv")
    page = (await browser.get(address)).text
    assert "this is a JPEG file, not a table" in page and "Drop the corrected list here" in page
    assert "Column of the openids" not in page and "Make the plan" not in page


async def test_a_list_without_rows_becomes_no_plan(app: Starlette, browser: Browser) -> None:
    """Of a list that has a header alone it is said that it has no rows, and no plan is kept."""
    address = await drop(app, browser, as_csv(0))
    assert "the list has no rows" in (await browser.get(address)).text
    assert "/lists/" in address and not [*all_runs(desk_of(app).account.runs)]


async def test_a_list_leads_to_its_plan_while_somebody_waits(app: Starlette, browser: Browser) -> None:
    """Whoever comes to the list's page when it is a plan already is led on; later the plan is told."""
    address = await drop(app, browser, as_csv(60))
    given = json.loads(next((desk_of(app).account.runs / "lists").glob("*/about.json")).read_bytes())
    job = desk_of(app).jobs.last("plan")
    assert job is not None
    page = f"/a/shop/regroup/lists/{given['id']}"
    assert f'data-job="{job.id}"' in (await browser.get(f"{page}?job={job.id}")).text
    assert address in (await browser.get(page)).text


async def test_a_guard_asks_first(app: Starlette, browser: Browser, account: PretendedAccount) -> None:
    """A plan that moves half of the followers is refused until that is said to be wanted."""
    address = await drop(app, browser, as_csv(200))
    assert "I know that" in (await browser.get(address)).text
    before = account.state()
    answer = await browser.post(f"{address}/apply")
    assert (answer.status, answer.json["error"]) == (409, "UnsafePlan")
    assert account.state() == before
    await done(app, browser, f"{address}/apply", {"accept": ["many_moved"]})
    assert list(account.members.values()).count(FRIENDS) == 200


async def test_a_stale_plan_is_told(app: Starlette, browser: Browser, account: PretendedAccount) -> None:
    """Where the account has changed since, nothing is done, and the page says what to do."""
    address = await drop(app, browser, as_csv(60))
    account.names[FRIENDS] = "同学"
    await done(app, browser, f"{address}/apply")
    page = (await browser.get(address)).text
    assert "the plan is stale" in page and "read who follows again" in page
    assert not account.changes()


async def test_a_run_that_stops_at_the_quota_says_so(
    app: Starlette, browser: Browser, account: PretendedAccount
) -> None:
    """What stopped a run is told with what to do, and it goes on from there."""
    account.daily = {"groups.move_many": 1}
    address = await drop(app, browser, as_csv(60))
    await done(app, browser, f"{address}/apply")
    page = (await browser.get(address)).text
    assert "Stopped" in page and "Go on" in page
    account.daily = {}
    await done(app, browser, f"{address}/apply")
    assert list(account.members.values()).count(FRIENDS) == 60


async def test_a_run_that_fails_too_often_can_be_allowed_more(
    app: Starlette, browser: Browser, account: PretendedAccount
) -> None:
    """What stopped a run by failures says so, and it goes on once more failures are allowed."""
    account.bad = set(OPENIDS[:30])
    address = await drop(app, browser, as_csv(60))
    await done(app, browser, f"{address}/apply", {"most": 5})
    page = (await browser.get(address)).text
    assert "allow more failures" in page and "--max-failures" not in page
    await done(app, browser, f"{address}/apply", {"most": 50})
    assert list(account.members.values()).count(FRIENDS) == 30


async def test_a_sheet_can_be_named(app: Starlette, browser: Browser) -> None:
    """Another sheet of a spreadsheet can be asked for, and one that is not there is told without a command."""
    book = io.BytesIO()
    write_xlsx(book, ("openid", "group"), [(openid, FRIENDS) for openid in OPENIDS[:60]])
    assert "/runs/" in await drop(app, browser, book.getvalue(), "crm.xlsx")
    given = next((desk_of(app).account.runs / "lists").iterdir()).name
    address = f"/a/shop/regroup/lists/{given}"
    assert await went(app, await browser.post(f"{address}/plan", {"sheet": "other"})) == address
    page = (await browser.get(address)).text
    assert 'class="error"' in page and 'value="other"' in page and "--sheet" not in page


async def test_a_plan_that_was_handed_over_is_left_to_its_worker(
    app: Starlette, browser: Browser, tmp_path: Path
) -> None:
    """Its page says where it is, offers nothing, and what became of it is refused in words instead of half a file."""
    address = await drop(app, browser, as_csv(60))
    [path] = all_runs(desk_of(app).account.runs)
    with open_run(str(path)) as run, closing(open_database(str(tmp_path / "database"))) as database:
        hand_over(run.planned, database)
    page = (await browser.get(address)).text
    assert "handed over" in page and "Apply the plan" not in page and "outcomes.csv" not in page
    answer = await browser.get(f"{address}/outcomes.csv", accept="application/json")
    assert (answer.status, answer.json["error"]) == (409, "PlanError")


async def test_the_plans_of_before_are_listed(app: Starlette, browser: Browser) -> None:
    """Each plan stands in the list with how it stands; one that was never applied can be discarded."""
    runs = desk_of(app).account.runs
    assert "Nothing yet" in (await browser.get("/a/shop/regroup")).text
    applied = await drop(app, browser, as_csv(60), "applied.csv")
    await done(app, browser, f"{applied}/apply")
    fresh = await drop(app, browser, as_csv(70), "fresh.csv")
    (runs / "broken.plan").write_text("nothing")
    page = (await browser.get("/a/shop/regroup")).text
    assert page.index("broken") < page.index("fresh.csv") < page.index("applied.csv")
    assert page.count("/discard") == 1
    answer = await browser.post(f"{fresh}/discard")
    assert answer.json == {"go": "/a/shop/regroup"}
    assert (await browser.post(f"{applied}/discard")).status == 409
    assert sorted(map(stem_of, all_runs(runs))) == sorted(["broken", applied.rpartition("/")[2]])


@pytest.mark.parametrize(
    "path", ["/runs/nothing", "/runs/..%2Fmirror", "/regroup/lists/0", "/regroup/lists/0/problems.csv"]
)
async def test_what_is_not_there_is_not_found(browser: Browser, path: str) -> None:
    """An address that names no plan and no list leads to a page that says so."""
    assert (await browser.get(f"/a/shop{path}")).status == 404


async def test_a_list_that_was_not_read_has_no_table(app: Starlette, browser: Browser) -> None:
    """A list whose columns are not clear has no rows with problems to save."""
    address = await drop(app, browser, as_csv(60, titles="who,where"))
    assert (await browser.get(f"{address}/problems.csv")).status == 404


async def test_names_of_others_are_text(app: Starlette, browser: Browser, account: PretendedAccount) -> None:
    """Whatever a file or a group is called stands in the pages as text."""
    account.names[FRIENDS] = "<script>alert(1)</script>"
    hostile = '"><img src=x onerror=alert(1)>.csv'
    address = await drop(app, browser, as_csv(60, str(FRIENDS)), hostile.replace(" ", "%20"))
    for page in (address, "/a/shop/regroup"):
        text = (await browser.get(page)).text
        assert "<img" not in text.replace('<img src="/static', "")
        assert "<script>alert" not in text


@pytest.mark.parametrize(
    ("language", "found", "as_before"),
    [("en", "As found: GB18030", "As found: openid"), ("zh", "自动识别：GB18030", "自动识别：openid")],
)
async def test_how_a_list_was_read_can_be_said_otherwise(
    app: Starlette, browser: Browser, account: PretendedAccount, language: str, found: str, as_before: str
) -> None:
    """What was found by looking stands on the page, and another encoding, delimiter or column can be chosen."""
    account.names[FRIENDS] = "老朋友們"
    address = await drop(app, browser, as_csv(60, "老朋友們").encode("big5"))
    page = (await browser.get(address, accept_language=language)).text
    assert found in page and as_before in page and "1: openid" in page
    address = await went(app, await browser.post(f"{address}/plan", {"encoding": "big5"}))
    assert "/runs/" in address


async def test_a_delimiter_is_chosen_where_a_list_looks_like_one_column(
    app: Starlette, browser: Browser
) -> None:
    """A list whose fields are separated by what nobody looks for is read once that is said."""
    address = await drop(app, browser, as_csv(60).replace(",", "|"))
    page = (await browser.get(address)).text
    assert "one column" in page and "Read it again" in page
    address = await went(app, await browser.post(f"{address}/plan", {"delimiter": "|"}))
    assert "/runs/" in address


async def test_another_sheet_is_offered_where_a_workbook_has_one_column(
    app: Starlette, browser: Browser
) -> None:
    """A workbook whose first sheet has one column is asked for another sheet, and shows no bytes as its beginning."""
    book = io.BytesIO()
    write_xlsx(book, ("openid",), [(openid,) for openid in OPENIDS[:60]])
    page = (await browser.get(await drop(app, browser, book.getvalue(), "crm.xlsx"))).text
    assert "one column" in page and 'name="sheet"' in page and 'name="encoding"' not in page
    assert "How the file begins" not in page


async def test_columns_that_were_chosen_stay_where_a_list_could_not_be_read(
    app: Starlette, browser: Browser
) -> None:
    """Whoever chose columns, and then an encoding that is not the file's, has them still."""
    address = await drop(app, browser, as_csv(60, titles="who,where"))
    wrong = {"openid_column": "1", "group_column": "2", "encoding": "utf-16"}
    assert await went(app, await browser.post(f"{address}/plan", wrong)) == address
    page = (await browser.get(address)).text
    assert 'class="error"' in page and 'name="openid_column" value="1"' in page


async def test_a_list_that_comes_before_the_followers_waits_for_them(
    account: PretendedAccount, tmp_path: Path
) -> None:
    """Where nobody is known yet, the page says where followers are read, and names no command."""
    app = a_console(account, tmp_path)
    browser = Browser(app).enter()
    address = await drop(app, browser, as_csv(60))
    page = (await browser.get(address)).text
    assert "on the page Followers" in page and "fenzu mirror" not in page
    await put_away(desk_of(app))
