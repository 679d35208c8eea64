"""The pytest plugin: a server for each test run, a user pool for each test.

Each worker of pytest-xdist has its own server, because each is a test run of its own. Override `lido_options` and
`lido_pool_options` in a conftest.py to change what the fixtures start.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Callable, Union

import pytest

from .clock import Clock
from .errors import LidoError
from .faults import Fault
from .lido import Lido
from .pool import Pool

Seed = Union[str, "os.PathLike[str]", Sequence[Union[str, "os.PathLike[str]"]], None]
"""A seed file, several, or none."""

SERVER = pytest.StashKey[tuple[Lido, int]]()
"""The server of a test, and how much it had printed when the test began."""


def start(options: Mapping[str, Any], seed: Seed) -> Lido:
    """Starts a server with these options and this seed."""
    merged: dict[str, Any] = dict(options)
    if seed is not None:
        merged["seed"] = seed
    return Lido.start(**merged)


@pytest.fixture(scope="session")
def lido_options() -> Mapping[str, Any]:
    """The arguments of `Lido.start`. Override it to start the server with others."""
    return {}


@pytest.fixture(scope="session")
def lido_seed() -> Seed:
    """The seed file, or several, that the server starts with. Override it to name one."""
    return None


@pytest.fixture
def lido_pool_options() -> Mapping[str, Any]:
    """The arguments of `Lido.create_pool`. Override it to create the pool of each test with others."""
    return {}


@pytest.fixture(scope="session")
def lido_server(lido_options: Mapping[str, Any], lido_seed: Seed) -> Iterator[Lido]:
    """The server of this test run. Tests use `lido`."""
    with start(lido_options, lido_seed) as server:
        yield server


@pytest.fixture
def lido(request: pytest.FixtureRequest) -> Iterator[Lido]:
    """The server of this test: that of the test run, or one of its own if the test uses `lido_clock`."""
    if "lido_clock" in request.fixturenames:
        # A clock that was set forward stays so, and would let the tokens of other tests come from the future.
        options, seed = request.getfixturevalue("lido_options"), request.getfixturevalue("lido_seed")
        with start(options, seed) as server:
            request.node.stash[SERVER] = (server, 0)
            yield server
    else:
        server = request.getfixturevalue("lido_server")
        request.node.stash[SERVER] = (server, server.log_size())
        yield server


@pytest.fixture
def lido_pool(lido: Lido, lido_pool_options: Mapping[str, Any]) -> Iterator[Pool]:
    """A new user pool with an app client, deleted after the test."""
    pool = lido.create_pool(**lido_pool_options)
    yield pool
    # The test may have deleted or protected it, or stopped the server. The pool is lost with the server.
    with suppress(LidoError):
        pool.delete()


@pytest.fixture
def lido_code(lido_pool: Pool) -> Callable[[str], str]:
    """Returns the code that was sent to a user of `lido_pool`: `lido_code("mary")`."""
    return lido_pool.code_for


@pytest.fixture
def lido_tokens(lido_pool: Pool) -> Callable[[str], Mapping[str, Any]]:
    """Signs a user of `lido_pool` in without a password: `lido_tokens("mary")["AccessToken"]`."""
    return lido_pool.tokens_for


@pytest.fixture
def lido_fault(request: pytest.FixtureRequest, lido: Lido) -> Iterator[Callable[..., Fault]]:
    """Lets requests go wrong until the end of the test: `lido_fault("throttle", "SignUp", count=1)`."""
    if "lido_pool" in request.fixturenames:
        # Made before, so that it is deleted after the faults are cleared.
        request.getfixturevalue("lido_pool")
    faults: list[Fault] = []

    def fault(*arguments: Any, **members: Any) -> Fault:
        faults.append(lido.fault(*arguments, **members))
        return faults[-1]

    yield fault
    # The test may have stopped the server.
    with suppress(LidoError):
        for each in faults:
            each.clear()


@pytest.fixture
def lido_clock(lido: Lido) -> Clock:
    """The clock of the server. A test that uses it has a server of its own."""
    return lido.clock


@pytest.fixture
def lido_environment(lido: Lido, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """Sets the environment variables that point AWS SDKs at the server, for code that makes its own clients."""
    for name, value in lido.environment.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return lido.environment


@pytest.fixture
def cognito_idp(lido: Lido) -> Any:
    """A boto3 client of the server. Requires boto3."""
    try:
        import boto3
    except ImportError as error:
        raise LidoError("the fixture cognito_idp requires boto3: pip install boto3") from error
    return boto3.client("cognito-idp", **lido.client_options)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Adds what the server printed during a test to the report of its failure."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and SERVER in item.stash:
        server, before = item.stash[SERVER]
        printed = server.log(before)
        if printed:
            report.sections.append((f"Lido log {report.when}", printed))
