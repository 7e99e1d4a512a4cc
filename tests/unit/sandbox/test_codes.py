"""Every code that a call can answer has a cause in the sandbox; each cause is brought about at each of its calls."""

from collections.abc import Callable, Iterator

import pytest
from tests.fixtures.world import World, code
from tests.unit.sandbox.causing import RECIPES, Scene, recipe_of

from fenzu.sandbox.faults.asked import FaultRule, FaultRules
from fenzu.wire.causes import BY_ORDER_ONLY, CAUSES, Cause
from fenzu.wire.endpoints import ENDPOINTS, Endpoint
from fenzu.wire.errcodes import ERRCODES
from fenzu.wire.rulebooks import RULEBOOKS, RulebookName


def cases() -> Iterator[object]:
    """Yield each cause with each rulebook that has it."""
    for cause in CAUSES:
        for rules in RULEBOOKS if cause.rules is None else (cause.rules,):
            marks = [pytest.mark.file_store] if cause.what.en.startswith("the store ") else []
            yield pytest.param(cause, rules, id=f"{cause.code} {cause.what.en} ({rules})", marks=marks)


def test_every_code_of_a_call_has_a_cause() -> None:
    """No call is said to answer a code that nothing brings about; no cause is told of a call without its code."""
    answered = {(name, code) for name, row in ENDPOINTS.items() for code in row.codes}
    caused = {(name, cause.code) for cause in CAUSES for name in cause.calls}
    assert {code for _, code in answered - caused} == set(BY_ORDER_ONLY)
    assert not caused - answered


def test_every_code_of_the_table_is_met_by_some_call() -> None:
    """A code that no call can answer would stand in the table for nothing."""
    assert {code for row in ENDPOINTS.values() for code in row.codes} == set(ERRCODES) - {0}


def test_every_cause_can_be_brought_about() -> None:
    """Each cause has a recipe, each recipe a cause, and no two causes of a code have the same words."""
    assert [cause for cause in CAUSES if recipe_of(cause) is None] == []
    told = {(cause.code, cause.what.en) for cause in CAUSES}
    assert RECIPES.keys() <= told
    assert len({(cause.code, cause.what.en, cause.rules) for cause in CAUSES}) == len(CAUSES)
    assert all(cause.what.en and cause.what.zh and cause.calls and cause.marks for cause in CAUSES)


@pytest.mark.parametrize(("cause", "rules"), [*cases()])
async def test_the_cause_brings_the_code(
    cause: Cause, rules: RulebookName, new_store: Callable[[], str | None]
) -> None:
    """Each of the cause's calls answers its code when that is so, under each rulebook that has it."""
    recipe = recipe_of(cause)
    assert recipe is not None
    world = World(rules, new_store())
    answered = {}
    for name in cause.calls:
        scene = await Scene.make(world)
        answered[name] = code(await recipe(scene, ENDPOINTS[name]))
    world.platform.close()
    assert answered == dict.fromkeys(cause.calls, cause.code)


@pytest.mark.parametrize("call", ENDPOINTS.values(), ids=ENDPOINTS)
async def test_any_code_can_be_ordered(call: Endpoint, world: World) -> None:
    """A fault brings each code of the table at each call, whatever the request."""
    scene = await Scene.make(world)
    answered = []
    for wanted in ERRCODES.keys() - {0}:
        world.platform.faults.set(
            FaultRules(rules=[FaultRule(call.name, errcode=wanted)]), scene.tenant.appid
        )
        answered.append((wanted, code(await scene.send(call))))
    assert answered == [(wanted, wanted) for wanted, _ in answered]
    world.platform.faults.clear(scene.tenant.appid)
    assert code(await scene.send(call)) in (0, 76001)


@pytest.mark.parametrize("call", ENDPOINTS.values(), ids=ENDPOINTS)
async def test_without_a_cause_the_call_succeeds(call: Endpoint, new_world: World) -> None:
    """The request that the causes spoil is a good one; it is the cause that brings the code."""
    scene = await Scene.make(new_world)
    assert code(await scene.send(call)) == (76001 if call.name == "quota.rid" else 0)
