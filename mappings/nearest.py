"""Did you mean ...?"""

from collections.abc import Iterable

from rapidfuzz import fuzz, process, utils


def nearest(name: str, among: Iterable[str], *, at_least: int = 70) -> str | None:
    """The one of `among` that `name` was probably meant to be, or None; the same for every order of `among`.

    `at_least` is the likeness in percent below which nothing is meant.
    """
    found = process.extractOne(
        name, sorted(set(among)), scorer=fuzz.ratio, processor=utils.default_process, score_cutoff=at_least
    )
    return found[0] if found else None


def did_you_mean(name: str, among: Iterable[str]) -> str:
    """`; did you mean "NAME"?` to end a sentence with, or nothing."""
    found = nearest(name, among)
    return f'; did you mean "{found}"?' if found else ""
