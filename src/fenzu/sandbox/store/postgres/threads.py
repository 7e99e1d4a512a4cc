"""Threads that ask the database, each by a connection of its own, so that the event loop waits for none of them."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import psycopg

from fenzu.sandbox.store.postgres.connection import PostgresConnection

T = TypeVar("T")

THREADS = 8


class Threads:
    """Eight of them at most, begun when they are needed."""

    def __init__(self, connect: Callable[[], PostgresConnection]) -> None:
        self._connect = connect
        self._pool = ThreadPoolExecutor(THREADS, "fenzu-sandbox-reader")
        self._mine = threading.local()
        self._all: list[PostgresConnection] = []

    async def ask(self, question: Callable[[PostgresConnection], T]) -> T:
        """Let a thread answer a question. One that only reads is asked anew where its connection was lost."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._ask, question)

    def close(self) -> None:
        """Wait for the questions under way, and close the connections."""
        self._pool.shutdown(cancel_futures=True)
        for connection in self._all:
            connection.close()

    def _ask(self, question: Callable[[PostgresConnection], T]) -> T:
        connection: PostgresConnection | None = getattr(self._mine, "connection", None)
        if connection is None or connection.is_lost:
            connection = self._renew(connection)
        try:
            return question(connection)
        except psycopg.OperationalError:
            if not connection.is_lost:
                raise
        finally:
            _end_transaction(connection)
        return question(self._renew(connection))

    def _renew(self, lost: PostgresConnection | None) -> PostgresConnection:
        if lost is not None:
            self._all.remove(lost)
            lost.close()
            self._mine.connection = None
        connection = self._mine.connection = self._connect()
        self._all.append(connection)
        return connection


def _end_transaction(connection: PostgresConnection) -> None:
    """Undo what a question that failed has left open: the next one would fail by it, whatever it asks."""
    if not connection.is_lost and not connection.is_idle:
        with suppress(psycopg.Error):  # lost meanwhile
            connection.rollback()
