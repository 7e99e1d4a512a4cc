"""A question that several wait for."""

import asyncio

from fenzu.console.account.question import Question


async def test_whoever_waited_drops_no_question_that_was_put_again() -> None:
    """Of two who waited for an answer one asks again: the other leaves the new question under way."""
    gates = [asyncio.Event(), asyncio.Event()]
    asked: list[int] = []

    async def ask() -> int:
        asked.append(len(asked))
        await gates[len(asked) - 1].wait()
        return len(asked)

    question = Question(ask, lambda _: None)
    question.put()

    async def wait_and_ask_again() -> None:
        await question.settle()
        question.put()

    first = asyncio.create_task(wait_and_ask_again())
    second = asyncio.create_task(question.settle())
    await asyncio.sleep(0)
    gates[0].set()
    await asyncio.gather(first, second)
    assert question.is_open
    await asyncio.sleep(0)
    question.put()
    await asyncio.sleep(0)
    assert asked == [0, 1]
    await question.close()
