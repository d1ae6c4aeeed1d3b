from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.core.gateways.wire import Network


@pytest.fixture
def make_network() -> Iterator[Callable[..., Network]]:
    """Make networks that are stopped when the test is over, however it ends."""
    made: list[Network] = []

    def make(**how: object) -> Network:
        made.append(Network(**how))
        return made[-1]

    yield make
    for network in made:
        network.stop()


@pytest.fixture
def network(make_network: Callable[..., Network]) -> Network:
    return make_network()
