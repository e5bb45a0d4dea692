"""Which links stand in the work of sprints, and what they say: the key result, and how far it is."""

from collections.abc import Collection, Mapping

import structlog

from adapters.errors import RateLimited, TrackerError, TryLater
from adapters.linking_work import LinksWork
from adapters.ports import Reader
from mappings.figures import Figures, KeyResultFigures
from mappings.model import Issue, Ref
from mappings.rounding import percent, plain
from mappings.targets import LinkWrite
from mappings.visibility import is_restricted
from syncer.config import Config
from syncer.plan import LinkChange, Status

log = structlog.get_logger()

AT_MOST = 50
"""Link writes in one run; the rest is said and comes with the next."""
LONGEST_NAME = 160
"""Of a key result's title in a link, so that the figure behind it is never what is cut off."""


def plan_links(
    figures: Figures, config: Config, trackers: Mapping[str, Reader], refused: Collection[str]
) -> tuple[tuple[LinkChange, ...], tuple[str, ...]]:
    """The link changes of a run, and what is to be said besides.

    Nothing where a scope could not be read, and nothing of a key result that was `refused` as unsafe: a link says a
    figure. A restricted key result is named on no issue. An issue that left the sprints being read keeps what it says,
    which bears its day and so stays true.
    """
    linking = {name: it for name, it in trackers.items() if isinstance(it, LinksWork) and it.links_work}
    if not linking or not all(reading.complete for reading in figures.readings):
        return (), ()
    named = {kr for kr, found in figures.key_results.items() if not is_restricted(found.kr)}
    rows: dict[Ref, Issue] = {}
    supports: dict[Ref, list[str]] = {}
    for alignment in figures.sprints:
        for row in alignment.rows:
            if row.issue.tracker in linking:
                rows[row.issue.ref] = row.issue
                supports[row.issue.ref] = sorted({share.kr for share in row.shares if share.kr in named})
    changes: list[LinkChange] = []
    homeless: set[str] = set()
    for name, tracker in sorted(linking.items()):
        issues = {ident: issue for (of, ident), issue in sorted(rows.items()) if of == name}
        try:
            ledgers = tracker.read_links({ident: issue.changed for ident, issue in issues.items()})
        except TrackerError as error:
            log.warning("links_not_read", tracker=name, why=str(error))
            later = isinstance(error, TryLater | RateLimited)
            nothing = LinkWrite(tracker=name, key="", id="", kr="", title="")
            changes.append(LinkChange(write=nothing, status=Status.FAILED, reason=str(error), later=later))
            continue
        for ident, said in sorted(ledgers.items()):
            issue = issues[ident]
            wanted = {}
            for kr in supports[issue.ref]:
                url = _address(figures.key_results[kr], config, name)
                if url:
                    title, figure = _title(figures.key_results[kr])
                    wanted[kr] = LinkWrite(
                        tracker=name,
                        key=issue.key,
                        id=ident,
                        kr=kr,
                        title=title + figure,
                        url=url,
                        on=figures.today if figure else None,
                    )
                else:
                    homeless.add(kr)
            gone = [
                LinkWrite(tracker=name, key=issue.key, id=ident, kr=kr, title="") for kr in said if kr not in wanted
            ]
            due = [write for kr, write in wanted.items() if said.get(kr, "") != write.said and kr not in refused]
            changes += (LinkChange(write=write, status=Status.WOULD_CHANGE) for write in (*gone, *due))
    changes.sort(key=lambda change: (bool(change.write.title), change.write))
    notes = []
    if homeless:
        notes.append(f"no link to {', '.join(sorted(homeless))}: it has no issue in Jira, and report_url is not set")
    if len(changes) > AT_MOST:
        notes.append(f"{len(changes) - AT_MOST} of {len(changes)} links wait for the next run: at most {AT_MOST} a run")
    return tuple(changes[:AT_MOST]), tuple(notes)


def _title(found: KeyResultFigures) -> tuple[str, str]:
    """`supports PAY-O1-KR2: Cut P1 incidents, 12 -> 3` and `, now 7`. A quiet day changes neither."""
    kr, score = found.kr, found.score
    name = kr.title if len(kr.title) <= LONGEST_NAME else f"{kr.title[: LONGEST_NAME - 3]}..."
    said = f"supports {kr.id}: {name}"
    if kr.measure.start is not None and kr.measure.target is not None:
        said += f", {plain(kr.measure.start)} -> {plain(kr.measure.target)}"
    if score.current is not None:
        return said, f", now {plain(score.current)}"
    return said, "" if score.value is None else f", now {percent(score.value)}"


def _address(found: KeyResultFigures, config: Config, tracker: str) -> str:
    """Where the link leads: the report, else the key result's own issue; empty where there is neither."""
    report: str | None = getattr(config.trackers[tracker], "report_url", None)
    home = found.kr.home or found.kr.write
    if report or home is None or home.kind != "issue":
        return report or ""
    settings = config.trackers[home.tracker]
    return f"{settings.url}/browse/{home.id}" if settings.kind == "jira" else ""
