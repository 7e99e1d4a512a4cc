"""The queue's tables: Procrastinate's own, in a schema of their own, made and brought up by whoever comes first.

So another program that uses Procrastinate on the same database keeps its jobs, and takes none of ours.
"""

from importlib import resources
from typing import TYPE_CHECKING

from fenzu.database import Database
from fenzu.database.address import Address

if TYPE_CHECKING:
    import psycopg

MAKING = 0x66656E7A77
"""The number of the PostgreSQL lock under which tables are made."""
ONE_JOB_A_RUN = "fenzu_one_job_a_run"
"""The index that keeps a run from waiting a second time while a worker has it: Procrastinate's own lets that pass,
and the first could not be put back then."""
_OWN_STEPS = {
    ONE_JOB_A_RUN: (
        f"CREATE UNIQUE INDEX IF NOT EXISTS {ONE_JOB_A_RUN} ON procrastinate_jobs (queueing_lock) "
        "WHERE status IN ('todo', 'doing')"
    ),
}
USUAL, OURS = "public", "fenzu_queue"


def schema_beside(schema: str) -> str:
    """Return the queue's schema for whoever works in `schema`."""
    return OURS if schema == USUAL else f"{schema}_queue"


def waiting(database: Database) -> dict[int, float | None]:
    """Return the runs that wait in the queue or are under way, and the hour before which none is taken (Unix time)."""
    [(schema,)] = database.rows("SELECT current_schema()")
    jobs = f"{schema_beside(str(schema))}.procrastinate_jobs"
    [(there,)] = database.rows("SELECT to_regclass(?) IS NOT NULL", [jobs])
    if not there:
        return {}
    rows = database.rows(
        "SELECT args->>'run', extract(epoch FROM scheduled_at)::float8 "
        f"FROM {jobs} WHERE status IN ('todo', 'doing')"
    )
    return {int(str(run)): None if hour is None else float(str(hour)) for run, hour in rows}


def make_tables(address: Address) -> Address:
    """Make the queue's tables where they are missing, and return the address with which one works on them."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(**address.reveal(), prepare_threshold=None) as connection:
        row = connection.execute("SELECT current_schema()").fetchone()
        schema = schema_beside(str(row[0]) if row and row[0] else USUAL)
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
        there = connection.execute("SELECT to_regnamespace(%s)", [schema]).fetchone()
        if there is None or there[0] is None:  # asking IF NOT EXISTS needs the right to make one all the same
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(sql.Identifier(schema)))
        _bring_up(connection)
    return address.in_schema(schema)


def _bring_up(connection: "psycopg.Connection") -> None:
    """Apply what of Procrastinate's steps has not been applied yet; a fresh schema has them all."""
    known = sorted(
        each.name
        for each in resources.files("procrastinate.sql.migrations").iterdir()
        if each.name[0].isdigit()
    )
    found = connection.execute("SELECT to_regclass('fenzu_steps')").fetchone()
    if found is None or found[0] is None:
        connection.execute("CREATE TABLE fenzu_steps (name TEXT PRIMARY KEY)")
        _execute(connection, resources.files("procrastinate.sql").joinpath("schema.sql").read_text("utf-8"))
        applied, missing = set[str](), known
    else:
        applied = {str(name) for (name,) in connection.execute("SELECT name FROM fenzu_steps")}
        missing = [name for name in known if name not in applied]
        for name in missing:
            _execute(
                connection, resources.files("procrastinate.sql.migrations").joinpath(name).read_text("utf-8")
            )
    own = [name for name in _OWN_STEPS if name not in applied]
    for name in own:
        _execute(connection, _OWN_STEPS[name])
    missing += own
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO fenzu_steps (name) VALUES (%s)", [(name,) for name in missing])


def _execute(connection: "psycopg.Connection", script: str) -> None:
    connection.execute(script.encode())  # bytes: many statements at once, and no places in them
