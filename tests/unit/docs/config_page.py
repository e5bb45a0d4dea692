"""docs/config.md from the settings models themselves: `.venv/bin/python tests/unit/docs/config_page.py` writes it."""

from decimal import Decimal
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from adapters.jira.okr_settings import OkrFields, OkrSettings
from adapters.jira.settings import JiraSettings
from adapters.linear.okr_settings import OkrSettings as LinearOkrSettings
from adapters.linear.settings import LinearSettings
from syncer.config_tables import (
    CheckTable,
    ConfigTable,
    FlagsTable,
    HealthTable,
    IgnoreTable,
    KrRuleTable,
    LintTable,
    ReadingTable,
    RoutineTable,
    RuleTable,
    SafetyTable,
    ScopeTable,
    TagsTable,
    TeamFlagsTable,
    TeamTable,
)
from syncer.notify_tables import NotifyTable, WatchTable

PAGE = Path(__file__).parents[3] / "docs" / "config.md"

_HEAD = """\
# The config file

`config.toml`, or the file that `--config` or the variable `OKRSYNC_CONFIG` names. Paths in it are relative to it.
[config.example.toml](../config.example.toml) has every key with its default. Unknown keys are refused. All mistakes
are told at once, with file and line, and nothing is read or written then.

This page is made from the program's own settings; a test says when it is out of date.

Tokens never stand in the file. A setting that ends in `_env` names an environment variable, one that ends in `_file`
a file whose first line is the token.

The days of a sprint, a period and a run begin in `timezone`.
"""

_SECTIONS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    (
        "Top of the file",
        "`registry`, `trackers` and `teams` are needed; the tables are described below. `--output` wins over `report`.",
        ConfigTable,
    ),
    (
        '`[trackers.NAME]`, kind = "jira"',
        "One Jira Cloud site. NAME is yours: letters, digits and `-` `_` `.` between them. The registry uses it in "
        "addresses, as in `jira-main:issue/OKR-12`.",
        JiraSettings,
    ),
    (
        "`[trackers.NAME.okrs]`",
        "Objectives and key results that live in this Jira as issues: "
        "[OKRs that live in Jira](registry.md#okrs-that-live-in-jira).",
        OkrSettings,
    ),
    (
        "`[trackers.NAME.okrs.fields]`",
        "By name or customfield id; a name that several fields have is refused.",
        OkrFields,
    ),
    (
        '`[trackers.NAME]`, kind = "linear"',
        "One Linear workspace: [sign-ins, goals, updates, labels](linear.md).",
        LinearSettings,
    ),
    (
        '`[trackers.NAME.okrs]`, kind = "linear"',
        "Objectives and key results that live in this Linear: "
        "[goals that live in Linear](linear.md#goals-that-live-in-linear).",
        LinearOkrSettings,
    ),
    (
        "`[teams.KEY]`",
        "A Jira project or Linear team that no team declares is a team by its own key, read only where a scope names "
        "it.",
        TeamTable,
    ),
    (
        "`scopes` of a team",
        'By the tracker\'s name: `scopes = { jira-main = { projects = ["PAY"] } }`. A scope is read completely or '
        "not at all.",
        ScopeTable,
    ),
    (
        "`routine` of a team",
        'By class: `routine = { bug = { rules = [{ type = "Bug" }], budget = "25%" } }`. The label `okr:none-bug` '
        "puts an issue into the class by hand.",
        RoutineTable,
    ),
    (
        "Conditions of a routine rule",
        "All that are given must hold; case does not matter. One of them is needed.",
        RuleTable,
    ),
    ("`flags` of a team", "The team's own answer to `[flags]`.", TeamFlagsTable),
    ("`[[rules]]`", "In order; the first that fits wins. Tags, tags above and `binds` come before them.", KrRuleTable),
    ("`[tags]`", "How tag labels begin.", TagsTable),
    ("`[flags]`", "Flags are off until a team opts in. At most 50 flag changes are made in a run.", FlagsTable),
    ("`[health]`", "Pace is the score divided by the share of the period that is gone.", HealthTable),
    ("`[safety]`", "What is refused here is shown with its numbers; `--force KR` acknowledges it.", SafetyTable),
    ("`[reading]`", "Without it, what changed since the oldest live period began is read.", ReadingTable),
    ("`check` of a team", "The gate of sprint planning: [what `okrsync check` asks](planning.md).", CheckTable),
    ("`[notify]`", "Messages: [what is told, and when](notifications.md).", NotifyTable),
    ("`[[targets]]`", "One figure to watch.", WatchTable),
    ("`[lint]`", "[What lint says](lint.md) of the registry and of the work.", LintTable),
    ("`ignore` of `[lint]`", "Warnings that you decided to live with, each with its reason.", IgnoreTable),
)


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(_section(*section) for section in _SECTIONS)])


def _section(title: str, words: str, model: type[BaseModel]) -> str:
    rows = [_row(name, field) for name, field in model.model_fields.items()]
    table = ["| key | default | meaning |", "|---|---|---|", *rows]
    return "\n".join([f"## {title}", "", words, "", *table, ""])


def _row(name: str, field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    one_of = f" One of {', '.join(f'`{choice}`' for choice in choices)}." if len(choices) > 1 else ""
    text = (field.description or "").replace("|", "\\|").replace("*", "\\*")
    return f"| `{name}` | {_default(field)} | {text}{one_of} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None or isinstance(field.default, BaseModel) or field.default in ([], (), {}, ""):
        return "none"
    return f"`{_toml(field.default)}`"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal | int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return f'"{value}"'


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
