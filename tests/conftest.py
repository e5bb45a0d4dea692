"""What holds for every test: a secret that one reads is none of another's."""

from collections.abc import Iterator

import pytest

from adapters import secrets


@pytest.fixture(autouse=True)
def _secrets_of_its_own() -> Iterator[None]:
    """The process remembers what it read to take it out of every text; here many programs share a process."""
    before = set(secrets._known)
    yield
    secrets._known.clear()
    secrets._known.update(before)
