"""What is wrong with how a key result is measured: what its measure needs, and checkpoints that cannot be judged."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from mappings.findings import Finding, error, warning
from mappings.measures import Endpoint, Query
from mappings.nearest import did_you_mean
from mappings.okrs import KeyResult, Period
from mappings.rounding import exact

_ASKED_BY = {"jira": "jql", "linear": "filter"}
"""Which key a tracker of this kind is asked by."""
_A_SHARE = (Decimal(0), Decimal(1))
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PLACE = re.compile(r"\{(period\.[^{}]*)\}")
_PLACES = ("period.start", "period.end")
_POINTER = re.compile(r"(/([^~]|~[01])*)?")


def measures(kr: KeyResult, period: Period, trackers: Mapping[str, str]) -> Iterator[Finding]:
    """Every finding about one key result. `trackers`: kind by connection name."""
    yield from _numbers(kr)
    if kr.measure.kind == "milestones":
        yield from _milestones(kr)
    if kr.measure.kind == "hold":
        yield from _hold(kr)
    source = kr.measure.source
    if kr.measure.kind == "query" and source is None:
        yield error("OKR022", kr.where, f"{kr.id}: a query needs a tracker to ask")
    if isinstance(source, Query):
        yield from _query(kr, source, trackers)
    if kr.measure.kind == "http" and source is None:
        yield error("OKR024", kr.where, f"{kr.id}: the measure http needs a url")
    if isinstance(source, Endpoint):
        yield from _endpoint(kr, source)
    yield from _checkpoints(kr, period)


def _numbers(kr: KeyResult) -> Iterator[Finding]:
    measure = kr.measure
    if measure.kind in ("manual", "query", "http") and (measure.start is None or measure.target is None):
        yield error("OKR005", kr.where, f"{kr.id}: the measure {measure.kind} needs a start and a target")
    if measure.kind != "hold" and measure.start is not None and measure.start == measure.target:
        yield error(
            "OKR004", kr.where, f'{kr.id}: start and target are equal; to keep a number where it is, use kind = "hold"'
        )
    if measure.kind == "delivery" and measure.target is not None and measure.target <= 0:
        yield error("OKR019", kr.where, f"{kr.id}: the fixed amount of work to deliver must be above zero")
    if measure.accrual and any(number is not None and number < 0 for number in (measure.start, measure.target)):
        said = "a number that grows through the period begins at zero: its start and target are not below it"
        yield error("OKR027", kr.where, f"{kr.id}: {said}")


def _milestones(kr: KeyResult) -> Iterator[Finding]:
    weights = [each.weight for each in kr.measure.milestones]
    if not weights:
        yield error("OKR025", kr.where, f"{kr.id}: the measure milestones needs at least one of them")
    elif any(weight < 0 for weight in weights):
        yield error("OKR017", kr.where, f"{kr.id}: a milestone's weight below zero")
    elif not any(weights):
        yield error("OKR025", kr.where, f"{kr.id}: none of its milestones weighs anything")


def _hold(kr: KeyResult) -> Iterator[Finding]:
    if kr.measure.target is None or not kr.measure.keep:
        said = 'the measure hold needs a target, and keep = "at or above" or "at or below"'
        yield error("OKR026", kr.where, f"{kr.id}: {said}")


def _query(kr: KeyResult, query: Query, trackers: Mapping[str, str]) -> Iterator[Finding]:
    kind = trackers.get(query.tracker)
    given = [key for key, value in (("jql", query.jql), ("filter", query.filter)) if value]
    needed = _ASKED_BY.get(kind or "")
    if kind is None:
        hint = did_you_mean(query.tracker, trackers)
        yield error("OKR022", kr.where, f'{kr.id}: the config has no tracker "{query.tracker}"{hint}')
    elif len(given) != 1 or needed not in (*given, None):
        asked = f"by {needed}" if needed else "by jql or by filter"
        yield error("OKR022", kr.where, f"{kr.id}: {query.tracker} is asked {asked}, and by that alone")
    strange = [place for place in _PLACE.findall(query.jql + query.filter) if place not in _PLACES]
    if strange:
        yield error(
            "OKR022",
            kr.where,
            f"{kr.id}: its query has {{{strange[0]}}}: there are {{period.start}} and {{period.end}}",
        )
    if query.aggregate != "count" and not query.field:
        yield error("OKR023", kr.where, f"{kr.id}: a {query.aggregate} needs the field whose numbers are taken")
    if query.aggregate != "count" and kind == "linear" and query.field not in ("", "estimate"):
        yield error("OKR023", kr.where, f'{kr.id}: a Linear adds up field = "estimate" alone')


def _endpoint(kr: KeyResult, endpoint: Endpoint) -> Iterator[Finding]:
    try:
        url = urlsplit(endpoint.url)
        host, _ = url.hostname, url.port
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https"):
        yield error("OKR024", kr.where, f"{kr.id}: its url is no address, as https://HOST/PATH")
    elif url.username is not None or url.password is not None:
        said = "a name and a password must not stand in the url: token_env names the variable of a token"
        yield error("OKR024", kr.where, f"{kr.id}: {said}")
    elif url.scheme == "http" and host not in _LOOPBACK:
        yield error("OKR024", kr.where, f"{kr.id}: {host} is asked by https alone")
    if not _POINTER.fullmatch(endpoint.pointer):
        yield error("OKR024", kr.where, f'{kr.id}: "{endpoint.pointer}" is no JSON pointer, as in /data/0/value')


def _checkpoints(kr: KeyResult, period: Period) -> Iterator[Finding]:
    for point in kr.checkpoints:
        if kr.measure.kind == "hold":
            yield error("OKR028", kr.where, f"{kr.id}: a number to hold is held on every day and has no checkpoints")
            return
        if kr.measure.span == _A_SHARE and not 0 <= point.value <= 1:
            said = f"the checkpoint of {point.on} is {exact(point.value)}, and this measure goes from 0 to 1"
            yield error("OKR028", kr.where, f"{kr.id}: {said}")
        if not period.start <= point.on <= period.end:
            yield warning("OKR029", kr.where, f"{kr.id}: the checkpoint of {point.on} lies outside {period.id}")
