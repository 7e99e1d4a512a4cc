"""The tests on other Pythons, and with other releases of the dependencies. `make matrix` runs what this machine has."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["tests", "lowest"]

PYTHONS = ["3.11", "3.12", "3.13", "3.14"]


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """The tests with the locked dependencies."""
    session.install("--no-deps", "--require-hashes", "-r", "requirements/dev.txt")
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.run("pytest", *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """The tests with the oldest dependencies that pyproject.toml admits."""
    session.install("--no-deps", "--require-hashes", "-r", "requirements/dev.txt")
    oldest = session.create_tmp() + "/oldest.txt"
    session.run(
        "uv", "pip", "compile", "--quiet", "--resolution=lowest-direct", "pyproject.toml", "-o", oldest
    )
    session.install("-r", oldest)
    session.install("--no-deps", "--no-build-isolation", "-e", ".")
    session.run("pytest", "--ignore=tests/typing", "--ignore=tests/packaging", *session.posargs)


@nox.session(python=PYTHONS)
def newest(session: nox.Session) -> None:
    """The tests with the newest releases of everything, unlocked: what a user gets who installs today."""
    session.install("-r", "requirements/dev.in", "-e", ".[keyring,otel,postgres,redis,tls]")
    session.run("pytest", *session.posargs)
