"""`[notify]` and `[[targets]]` of the config, checked against the teams, as the values that the rules take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import TYPE_CHECKING

from adapters.toml_source import KeyPath, TomlSource
from adapters.validation import Problems, dotted
from mappings.nearest import did_you_mean
from mappings.notices import WEEKDAYS, NoticePolicy
from mappings.okrs import normal_id
from mappings.watching import SHARES, Watch, key_result_of
from syncer.config_values import is_a_variable
from syncer.notify_tables import NotifyTable, WatchTable

if TYPE_CHECKING:
    from syncer.config_tables import ConfigTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """What is told to which channel, and when."""

    policy: NoticePolicy = field(default_factory=NoticePolicy)
    channels: Mapping[str, str] = field(default_factory=dict)
    """The variable with the channel's address, by team."""
    operator: str = ""
    report_url: str = ""
    watches: tuple[Watch, ...] = ()

    @property
    def are_wanted(self) -> bool:
        """A channel is named somewhere."""
        return bool(self.channels or self.operator or self.watches)


def messages_of(source: TomlSource, table: "ConfigTable", problems: Problems) -> Messages:
    """What the config says of messages; `problems` says what does not fit together."""
    notify = table.notify
    channels = {key: team.channel_env for key, team in sorted(table.teams.items()) if team.channel_env}
    for key, name in channels.items():
        _check_variable(source, ("teams", key, "channel_env"), name, problems)
    _check_variable(source, ("notify", "operator_env"), notify.operator_env, problems)
    _check_variable(source, ("history_url_env",), table.history_url_env, problems)
    return Messages(
        policy=_policy(notify),
        channels=channels,
        operator=notify.operator_env,
        report_url=notify.report_url,
        watches=tuple(_watches(source, table, problems)),
    )


def unknown_figures(source: TomlSource, table: "ConfigTable", ids: frozenset[str]) -> list[tuple[str, str]]:
    """What is to be said of a key result that a target names and no file declares: a tracker may declare it."""
    known = {normal_id(name) for name in ids}
    found = []
    for index, row in enumerate(table.targets):
        name = key_result_of(row.figure)
        if name.casefold() in SHARES or normal_id(name) in known:
            continue
        hint = did_you_mean(name, [*ids, *SHARES])
        where = source.where(("targets", index, "figure"))
        found.append((name, f"{where}: targets[{index + 1}].figure names no key result and no share{hint}"))
    return found


def _policy(notify: NotifyTable) -> NoticePolicy:
    first, last = (time.fromisoformat(part) for part in notify.quiet.split("-")) if notify.quiet else (None, None)
    return NoticePolicy(
        quiet=(first, last) if first is not None and last is not None else None,
        days=tuple(notify.digest) if isinstance(notify.digest, list) else WEEKDAYS,
        only_changes=notify.digest == "changes",
        mute=tuple(notify.mute),
    )


def _watches(source: TomlSource, table: "ConfigTable", problems: Problems) -> list[Watch]:
    found: list[Watch] = []
    declared = source.data.get("teams")
    teams = declared if isinstance(declared, dict) else {}
    for index, row in enumerate(table.targets):
        at: KeyPath = ("targets", index)
        if row.team not in teams:
            hint = did_you_mean(row.team, teams)
            problems.add(source, (*at, "team"), f"targets[{index + 1}].team names no team{hint}")
            continue
        if row.name in {watch.name for watch in found}:
            problems.add(source, (*at, "name"), f'targets[{index + 1}].name "{row.name}" is taken already')
        team = table.teams.get(row.team)
        channel = row.channel_env or (team.channel_env if team else "")
        if not channel:
            sentence = f"targets[{index + 1}] has no channel: give it, or its team, a channel_env"
            problems.add(source, at, sentence)
        _check_variable(source, (*at, "channel_env"), row.channel_env, problems)
        found.append(_watch(row, channel))
    return found


def _watch(row: WatchTable, channel: str) -> Watch:
    side, bound = row.bound
    figure = row.figure.casefold() if row.figure.casefold() in SHARES else row.figure
    return Watch(name=row.name, team=row.team, figure=figure, side=side, bound=bound, by=row.by, channel=channel)


def _check_variable(source: TomlSource, at: KeyPath, name: str, problems: Problems) -> None:
    if name and not is_a_variable(name):
        problems.add(source, at, f"{dotted(at)} names an environment variable; it must not hold a token")
