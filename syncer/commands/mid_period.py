"""`checkin` and `rollover`: what people say of a key result on its way, and where its work goes at the end."""

import json
import os
import sys
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from syncer.commands.screen import fail, moment, steps
from syncer.exit_codes import DONE, USAGE
from syncer.options import AtOption, ConfigOption, Format, FormatOption, YesOrNo

if TYPE_CHECKING:
    from adapters.registry.editing import Entry
    from syncer.checkin import CheckedIn, Said

DayOption = Annotated[
    datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day that it is of; without it today.")
]


def checkin(
    kr: Annotated[str, typer.Argument(metavar="KR", help="The key result's id or alias.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="Its number now: 7, 7.5, 45 %.")] = "",
    confidence: Annotated[int | None, typer.Option("--confidence", help="0 to 10.")] = None,
    note: Annotated[str, typer.Option("--note", help="In a sentence.")] = "",
    risk: Annotated[str, typer.Option("--risk", help="What may go wrong.")] = "",
    still_right: Annotated[YesOrNo | None, typer.Option("--still-right", help="Is the objective still right?")] = None,
    done: Annotated[str, typer.Option("--done", metavar="TITLE", help="This milestone is there.")] = "",
    on: DayOption = None,
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    form: FormatOption = Format.TABLE,
) -> None:
    """Write what people say of a key result into its registry file. With KR alone it asks, on a terminal."""
    from syncer.checkin import NotTaken, Said, check_in
    from syncer.config import load
    from syncer.report.wording import plain

    loaded, registry = load(config)
    if at is not None and not loaded.is_sandbox:
        fail("--at is for the sandbox only; the day of a check-in is --on.", "Try: --on 2026-11-18", code=USAGE)
    today = moment(loaded, at).date()
    right = None if still_right is None else still_right is YesOrNo.YES
    said = Said(
        kr=kr,
        on=on.date() if on else today,
        value=value,
        confidence=confidence,
        note=note,
        risk=risk,
        still_right=right,
        done=done,
    )
    if said == Said(kr=kr, on=said.on) and _may_ask():
        said = _asked(said)
    try:
        made = check_in(loaded, registry, said, today)
    except NotTaken as refusal:
        fail("\n".join((*refusal.reasons, "Nothing was written.")), "Try: okrsync checkin --help", code=USAGE)
    typer.echo(_as_json(made) if form is Format.JSON else "\n".join(plain(line) for line in _lines(made)))
    raise typer.Exit(DONE)


def rollover(
    config: ConfigOption = Path("config.toml"),
    at: AtOption = None,
    of: Annotated[
        str, typer.Option("--from", metavar="PERIOD", help="The period that ended; else every closed one.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="PERIOD", help="Its key results alone carry the work on.")] = "",
    applies: Annotated[
        bool, typer.Option("--apply", help="Change the labels; without it they are only shown.")
    ] = False,
    form: FormatOption = Format.TABLE,
) -> None:
    """The new tags of open issues that still name a key result of a period that is over."""
    from syncer.config import load
    from syncer.report.rollover import rollover_json, rollover_text
    from syncer.rollover import NoSuchPeriod, roll_over
    from syncer.shown import shown

    loaded, registry = load(config)
    if applies and at is not None and not loaded.is_sandbox:
        fail("--at goes with --apply against the sandbox only.", "Try: okrsync rollover --at ...", code=USAGE)
    try:
        done = roll_over(loaded, registry, at=moment(loaded, at), of=of, to=to, applies=applies, on_step=steps())
    except NoSuchPeriod as wrong:
        fail(f"{wrong}. Nothing was read or written.", "Try: okrsync rollover --help", code=USAGE)
    typer.echo(shown(rollover_json(done) if form is Format.JSON else rollover_text(done)))
    raise typer.Exit(done.exit_code)


def _may_ask() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _asked(said: "Said") -> "Said":
    def answer(question: str) -> str:
        return str(typer.prompt(question, default="", show_default=False)).strip()

    value = answer("Its number now (Enter: none)")
    confidence = typer.prompt("Confidence, 0 to 10 (Enter: not said)", default=-1, show_default=False, type=int)
    note, risk = answer("Note (Enter: none)"), answer("Risk (Enter: none)")
    right = answer("Is the objective still right? yes or no (Enter: not said)").casefold()
    return replace(
        said,
        value=value,
        confidence=None if confidence == -1 else confidence,
        note=note,
        risk=risk,
        still_right={"y": True, "n": False}.get(right[:1]),
    )


def _lines(made: "CheckedIn") -> list[str]:
    place = f"{made.file}:{made.line}"
    if made.status == "unchanged":
        return [f"{made.kr.id}: this stands in {place} already. Nothing was written.", *made.left_to_do]
    parts = [f"{made.milestone!r} is done"] if made.milestone else []
    parts += _words(made.entry)
    lines = [f"{made.kr.id}, {made.on.isoformat()}: {', '.join(parts)}. Written to {place}."]
    if made.replaced:
        lines.append(f"It replaced what stood there for that day: {', '.join(_words(made.replaced))}.")
    return [*lines, f"Commit {made.file}: okrsync never runs git.", *made.left_to_do]


def _words(entry: "Entry") -> list[str]:
    """`7`, `confidence 6`, `note "..."`, in the order in which they are written."""
    said = {key: value for key, value in entry.items() if key != "on"}
    words = [f"{said.pop('value'):f}"] if "value" in said else []
    right = said.pop("still_right", None)
    words += [f"{key} {value}" if key == "confidence" else f'{key} "{value}"' for key, value in said.items()]
    return words if right is None else [*words, f"{'still' if right else 'no longer'} the right objective"]


def _as_json(made: "CheckedIn") -> str:
    content = {
        "kr": made.kr.id,
        "on": made.on,
        "status": made.status,
        "file": str(made.file),
        "line": made.line,
        "entry": dict(made.entry),
        "replaced": dict(made.replaced),
        "milestone": made.milestone or None,
        "left_to_do": made.left_to_do,
    }
    return json.dumps(content, indent=2, ensure_ascii=False, default=_plain)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)
