"""What stands at write targets: the progress field and our entity property, both read in bulk, never by search."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.site import Site
from adapters.jira.unchanged import Unchanged
from adapters.jira.wire import LEDGER_PROPERTY, Row, moment, number
from mappings.model import Health
from mappings.targets import Ledger, Standing, Target

LEDGER_VERSION = 1
NOT_AN_ISSUE = "Jira has no projects or initiatives to write to: use CONNECTION:issue/KEY"
NOT_FOUND = "Jira has no such issue, or hides it from the token"


class _Version(msgspec.Struct, frozen=True):
    v: int


class _Ledger(msgspec.Struct, frozen=True):
    v: int
    kr: str
    value: Decimal | None = None
    scopes: tuple[str, ...] = ()
    said: str = ""
    comment: str = ""
    health: Health | None = None


_version = msgspec.json.Decoder(_Version)
_ledger = msgspec.json.Decoder(_Ledger)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Found:
    """A target's issue id and key, and what stands on it."""

    id: str
    key: str
    standing: Standing
    labels: tuple[str, ...] = ()
    updated: datetime | None = None


_kept = msgspec.json.Decoder(Found)


def ledger_json(ledger: Ledger) -> dict[str, object]:
    """The entity property's value; the score as text, so that no JSON reader rounds it."""
    return {
        "v": LEDGER_VERSION,
        "kr": ledger.kr,
        "value": None if ledger.value is None else str(ledger.value),
        "scopes": list(ledger.scopes),
        "said": ledger.said,
        "comment": ledger.comment,
        **({"health": ledger.health.value} if ledger.health else {}),
    }


def read_found(
    fetching: Fetching, site: Site, targets: Sequence[Target], unchanged: Unchanged | None = None
) -> dict[Target, Found]:
    """What stands at each target that is a visible issue; the others are not in it.

    `unchanged` where our property costs a request for each issue: what has not changed since it was read is known.
    """
    issues = [target for target in targets if target.kind == "issue"]
    names = [target.id for target in issues]
    read = _read_changed(fetching, site, names, unchanged) if unchanged and len(names) > 1 else None
    answered = {found.key.casefold(): found for found in read or _read(fetching, site, names)}
    result: dict[Target, Found] = {}
    for target in issues:
        # A moved issue answers under its new key: asked alone, the answer is its.
        found = answered.get(target.id.casefold()) or next(iter(_read(fetching, site, [target.id])), None)
        if found is not None:
            result[target] = replace(found, standing=replace(found.standing, target=target))
    return result


def ids_of(fetching: Fetching, names: Sequence[str]) -> dict[str, str]:
    """Issue ids by key, former key or id, casefolded; what is absent or hidden is not in it."""
    plainly = Wanted(fields=["summary"], convert=lambda row: row.key)
    by_key = {key.casefold(): ident for ident, key in fetching.by_id(names, plainly).items()}
    found = {name.casefold(): by_key[name.casefold()] for name in names if name.casefold() in by_key}
    ids = set(by_key.values())
    alone = Wanted(fields=["summary"], properties=[LEDGER_PROPERTY], convert=lambda row: row.key)
    for name in names:
        if name in ids:
            found[name] = name
        elif name.casefold() not in found:  # asked alone, and on Data Center by its address: the answer is its
            found |= {name.casefold(): ident for ident in fetching.by_id([name], alone)}
    return found


def standing_of(target: Target, found: dict[Target, Found]) -> Standing:
    """The standing, or one with the `problem`."""
    if target in found:
        return found[target].standing
    return Standing(target=target, problem=NOT_FOUND if target.kind == "issue" else NOT_AN_ISSUE)


def _read(fetching: Fetching, site: Site, keys: Sequence[str]) -> list[Found]:
    def convert(row: Row) -> Found:
        ledger, problem = _read_ledger(row)
        value = number(row.custom(site.progress)) if site.progress else (ledger.value if ledger else None)
        nowhere = Target("", "issue", row.key)
        title = row.fields.summary or ""
        standing = Standing(target=nowhere, title=title, value=value, ledger=ledger, problem=problem, place=row.id)
        updated = moment(row.fields.updated) if row.fields.updated else None
        return Found(row.id, row.key, standing, row.fields.labels or (), updated)

    wanted = Wanted(
        fields=["summary", "labels", "updated"],
        custom=[site.progress] if site.progress else [],
        properties=[LEDGER_PROPERTY],
        convert=convert,
    )
    return list(fetching.by_id(list(dict.fromkeys(keys)), wanted).values())


def _read_changed(fetching: Fetching, site: Site, keys: Sequence[str], unchanged: Unchanged) -> list[Found]:
    """As `_read`; one request for when each issue changed, and the others for those that did since they were kept.

    What is written by it is read again before, and so is never written over what came in between.
    """
    dated = Wanted(fields=["updated"], convert=lambda row: moment(row.fields.updated))
    states = fetching.by_id(list(dict.fromkeys(keys)), dated)
    kept = {ident: unchanged.recall(_what(site), ident, updated) for ident, updated in states.items()}
    read = _read(fetching, site, [ident for ident, body in kept.items() if body is None])
    for it in read:
        if it.updated is not None:
            unchanged.keep(_what(site), it.id, it.updated, _encode(it))
    return [*read, *(_kept.decode(body) for body in kept.values() if body is not None)]


def _what(site: Site) -> str:
    return f"standing/{LEDGER_VERSION}/{site.progress}"


def _read_ledger(row: Row) -> tuple[Ledger | None, str | None]:
    """Our ledger, or why it cannot be understood: then nothing is written over it."""
    raw = row.properties.get(LEDGER_PROPERTY)
    if raw is None:
        return None, None
    try:
        if _version.decode(raw).v > LEDGER_VERSION:
            return None, f'the entity property "{LEDGER_PROPERTY}" was written by a newer okrsync'
        wire = _ledger.decode(raw)
        if wire.value is not None and not wire.value.is_finite():
            raise InvalidOperation
    except (msgspec.DecodeError, InvalidOperation, RecursionError):
        return None, f'the entity property "{LEDGER_PROPERTY}" is not one that okrsync wrote: remove or rename it'
    ledger = Ledger(
        kr=wire.kr,
        value=wire.value,
        scopes=tuple(sorted(wire.scopes)),
        said=wire.said,
        comment=wire.comment,
        health=wire.health,
    )
    return ledger, None
