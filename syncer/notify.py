"""What `sync` tells: a digest to each team's channel, targets once, failed sources to whoever runs it."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from adapters.history import History
from mappings.notices import Notice, Told, due
from mappings.talk import AT_MOST
from mappings.watching import Standing, watched
from syncer.notify_config import Messages
from syncer.run import Run
from syncer.shown import shown


def notices_of(run: Run) -> tuple[Notice, ...]:
    """Everything that could be told now. A digest of a team whose source failed waits: half is not told."""
    messages, figures = run.config.messages, run.figures
    names = {team.key: team.title for team in run.config.rules.teams}
    unread = {reading.scope.team for reading in figures.readings if not reading.complete}
    found = [
        Notice(
            channel=channel,
            subject=f"digest:{team}",
            title=f"{names.get(team, team)}: worth a talk",
            lines=_with_link([line.text for line in run.talk if line.team == team][:AT_MOST], messages, team),
        )
        for team, channel in messages.channels.items()
        if team not in unread
    ]
    found += [
        Notice(
            channel=it.watch.channel,
            subject=f"target:{it.watch.name}:{it.standing.value}",
            title=f"{it.watch.name}: {it.standing.value}",
            lines=_with_link([it.said], messages, it.watch.team),
            once=True,
        )
        for it in watched(messages.watches, figures, run.config.rules.teams)
        if it.standing in (Standing.REACHED, Standing.MISSED) and not run.hidden.is_named_in(it.said)
    ]
    if messages.operator:
        found += [
            Notice(
                channel=messages.operator,
                subject=f"source:{reading.scope.name}",
                title=f"{reading.scope.name} could not be read",
                lines=(shown(reading.problem or "no reason was given"), "what may draw on it was not written"),
            )
            for reading in figures.readings
            if not reading.complete
        ]
    return tuple(found)


def tell(run: Run, now: datetime, *, sends: bool) -> tuple[str, ...]:
    """Send what is due, remember it, and say what could not be sent; without `sends` only what would go out."""
    config = run.config
    if not config.messages.are_wanted:
        return ()
    history = History(config.history, config.history_url_env)
    here = now.astimezone(config.rules.zone)
    going = due(notices_of(run), history.told(), here, config.messages.policy)
    if not sends:
        return tuple(f"would tell {notice.channel}: {notice.title}" for notice in going)
    if not going:
        return ()
    from adapters.notifications import send

    outcome = send(going)
    taken = tuple(
        Told(channel=it.channel, subject=it.subject, at=now, fingerprint=it.fingerprint)
        for it, why in outcome.items()
        if not why
    )
    said = [f"{notice.title}: not told: {why}" for notice, why in outcome.items() if why]
    if taken and (failed := history.keep_told(taken)):
        said.append(failed)
    return tuple(said)


def _with_link(lines: Sequence[str], messages: Messages, team: str = "") -> tuple[str, ...]:
    """The lines and, last, the report's address, at the team's place in it."""
    if not lines or not messages.report_url:
        return tuple(lines)
    place = f"#team={quote(team)}" if team and "#" not in messages.report_url else ""
    return (*lines, messages.report_url + place)
