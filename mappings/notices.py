"""What is told to whom, and when it is due: something changed, nobody sleeps, a subject speaks once a day at most."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Notice:
    """One message to one channel about one subject."""

    channel: str
    """The environment variable that holds the channel's address: the address itself is a secret."""
    subject: str
    """`digest:TEAM`, `target:N:reached`, `target:N:missed` or `source:SCOPE`."""
    title: str
    lines: tuple[str, ...]
    once: bool = False
    """Told once and never again, whatever changes."""

    @property
    def fingerprint(self) -> str:
        """Of what it says: the same words are not told twice."""
        return hashlib.sha256("\n".join((self.title, *self.lines)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, order=True, kw_only=True)
class Told:
    """What was told last about a subject in a channel."""

    channel: str
    subject: str
    at: datetime
    """Aware."""
    fingerprint: str


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticePolicy:
    """When a company wants to hear."""

    quiet: tuple[time, time] | None = None
    """From, until: hours in which nothing is sent, past midnight where the end comes first. What is due waits."""
    days: tuple[str, ...] = WEEKDAYS
    """Weekdays on which a digest may go out; everything else is told on any day."""
    only_changes: bool = True
    """A digest that says what the last one said is not sent again."""
    mute: tuple[str, ...] = ()
    """Subjects that are not told, `*` for any part: `digest:payments`, `target:*`."""


def due(notices: Iterable[Notice], told: Iterable[Told], now: datetime, policy: NoticePolicy) -> tuple[Notice, ...]:
    """Those that go out now, by channel and subject. `now` is in the company's time zone."""
    last: Mapping[tuple[str, str], Told] = {(it.channel, it.subject): it for it in told}
    if policy.quiet is not None and _is_within(now.time(), *policy.quiet):
        return ()
    return tuple(
        it for it in sorted(set(notices)) if it.lines and _is_due(it, last.get((it.channel, it.subject)), now, policy)
    )


def _is_due(notice: Notice, last: Told | None, now: datetime, policy: NoticePolicy) -> bool:
    if any(fnmatchcase(notice.subject, muted) for muted in policy.mute):
        return False
    is_digest = notice.subject.startswith("digest:")
    if is_digest and WEEKDAYS[now.weekday()] not in policy.days:
        return False
    if last is None:
        return True
    if notice.once or last.at.astimezone(now.tzinfo).date() >= now.date():
        return False
    return notice.fingerprint != last.fingerprint or (is_digest and not policy.only_changes)


def _is_within(moment: time, start: time, end: time) -> bool:
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end
