"""`okrsync retro`: a period at its end, with trackers and without, as people read it and as data."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from support.company_files import REGISTRY, changed, company_files
from support.stage import Stage, on_stage
from typer.testing import CliRunner

from adapters.history import History
from mappings.past import KeyResultDay, RunRecord
from syncer.cli import app
from syncer.config import load
from syncer.report.wording import plain

ENDED, CLOSED = "2027-01-10", "2027-01-20"
Q1 = '[period]\nid = "2027-Q1"\nstart = 2027-01-01\nend = 2027-03-31\n\n'

MEASURES = {
    "KR3": '{ kind = "query", tracker = "jira-main", jql = "labels = \\"a b\\"", aggregate = "sum", field = "Points", '
    'start = 0, target = 9, accrual = "period" }',
    "KR4": '{ kind = "query", tracker = "linear-main", filter = { "a b" = { eq = true } }, start = 0, target = 9 }',
    "KR5": '{ kind = "http", url = "https://n.example/n", pointer = "/a", token_env = "TOKEN", start = 1, target = 9 }',
    "KR6": '{ kind = "milestones", milestones = [{ title = "\\"One\\"", done_on = 2026-12-01 }, { title = "Rest" }] }',
    "KR7": '{ kind = "qualitative" }',
    "KR8": '{ kind = "hold", target = 99.5, keep = "at or above" }',
    "KR9": '{ kind = "delivery", target = 20 }',
}


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with on_stage(tmp_path, monkeypatch, size=0.1) as opened:
        yield opened


def retro(config: Path, at: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["retro", "--config", str(config), "--at", at, *options])


def data(config: Path, at: str, *options: str, code: int = 0) -> Any:
    done = retro(config, at, "--format", "json", *options)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def scores(found: Any) -> dict[str, tuple[float | None, str, str]]:
    return {it["id"]: (it["score"], it["grade"], it["origin"]) for it in found["key_results"]}


def keep(config: Path, on: date, **values: str) -> None:
    days = [
        KeyResultDay(
            kr=kr, day=on, score=Decimal(score), delivery=None, current=None, health="on_track", confidence=None
        )
        for kr, score in values.items()
    ]
    record = RunRecord(
        id=str(on), at=f"{on}T00:00:00+00:00", day=on, mode="sync", complete=True, key_results=tuple(days)
    )
    assert History(config.parent / ".okrsync/history.db").keep(record) == ""


def company(folder: Path, *changes: tuple[str, str], **files: str) -> Path:
    return company_files(folder, pay=changed(REGISTRY, *changes), **files)


def test_after_the_end_trackers_are_read_and_left_as_they_are(stage: Stage) -> None:
    stage.run()
    before, sent = stage.state(), len(stage.mutations())

    found = data(stage.sandbox.config, ENDED)

    assert (found["state"], found["on"]) == ("ended", ENDED)
    assert scores(found)["PAY-O1-KR1"] == (0.33, "missed", "the trackers and the registry")
    assert scores(found)["PAY-O1-KR2"] == (0.56, "amber", "the trackers and the registry")
    assert [it["kr"] for it in found["changes"]] == ["GRO-O1-KR3", "PAY-O1-KR5"]
    assert {it["id"]: it["score"] for it in found["objectives"]} == {"GRO-O1": 0.39, "PAY-O1": 0.45}
    assert any(text.startswith("PAY-O1-KR1 was committed and stands at 33 %") for text in found["questions"])
    assert stage.state() == before and len(stage.mutations()) == sent


def test_the_alignment_of_backfilled_sprints_is_the_periods(stage: Stage) -> None:
    filled = CliRunner().invoke(app, ["history", "backfill", "-c", str(stage.sandbox.config), "--at", "2026-11-18"])
    assert filled.exit_code == 0

    found = data(stage.sandbox.config, ENDED, "--offline")

    kept = History(stage.folder / ".okrsync/history.db").sprints()
    rows = [row for row in kept if row.day >= date(2026, 10, 1)]
    assert {it["team"]: it["issues"] for it in found["alignment"]} == {
        team: sum(row.total for row in rows if row.team == team) for team in {row.team for row in rows}
    }
    assert "| Payments |" in retro(stage.sandbox.config, ENDED, "--offline").stdout


def test_what_a_scope_does_not_say_history_does_and_the_exit_code_tells(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(stage.sandbox.config, date(2027, 1, 5), **{"GRO-O1-KR2": "0.9"})
    monkeypatch.setenv("LINEAR_API_KEY", "lin_api_wrong")

    found = data(stage.sandbox.config, ENDED, code=1)

    assert scores(found)["GRO-O1-KR2"] == (0.9, "missed", "history, 2027-01-05")
    assert any(note.startswith("NOT READ  linear-main/growth") for note in found["notes"])


def test_a_closed_period_has_the_scores_of_its_last_days(tmp_path: Path) -> None:
    config = company(tmp_path, ("end = 2026-12-31", "end = 2026-12-31\ncloses = 2027-01-15"))
    keep(config, date(2027, 1, 12), **{"PAY-O1-KR1": "0.8", "PAY-O1-KR2": "1"})
    keep(config, date(2027, 1, 18), **{"PAY-O1-KR1": "0.1"})

    found = data(config, CLOSED, "--offline")

    assert (found["state"], found["on"]) == ("closed", "2027-01-15")
    assert scores(found) == {
        "PAY-O1-KR1": (0.8, "green", "history, 2027-01-12"),
        "PAY-O1-KR2": (1, "green", "history, 2027-01-12"),
    }
    assert "these scores are final" in retro(config, CLOSED, "--offline").stdout


def test_before_the_end_it_is_so_far_and_nothing_is_proposed(tmp_path: Path) -> None:
    text = retro(company(tmp_path), "2026-11-18", "--offline").stdout

    assert text.startswith("# 2026-Q4 so far\n")
    assert "nothing here is final" in text and "```toml" not in text


def test_the_period_that_ended_last_is_meant_unless_one_is_named(tmp_path: Path) -> None:
    q3 = changed(Q1, ("2027-Q1", "2026-Q3"), ("2027-01-01", "2026-07-01"), ("2027-03-31", "2026-09-30"))
    year = changed(Q1, ("2027-Q1", "2026"), ("2027-01-01", "2026-01-01"), ("2027-03-31", "2026-12-31"))
    config = company(tmp_path, q1=Q1, q3=q3, year=year)

    def period(at: str, *options: str) -> str:
        return str(data(config, at, "--offline", *options)["period"])

    assert [period("2026-11-18"), period(ENDED), period("2026-08-01")] == ["2026-Q3", "2026-Q4", "2026-Q3"]
    assert period(ENDED, "--period", "2026") == "2026"


@pytest.mark.parametrize(
    ("named", "at", "said"),
    [
        (["--period", "2026-q4"], ENDED, 'did you mean "2026-Q4"?'),
        (["--period", "2026-Q4"], "2026-09-01", "2026-Q4 begins on 2026-10-01"),
        ([], "2026-09-01", "no period has begun"),
    ],
)
def test_a_period_that_is_none_or_to_come_is_said_before_anything_is_read(
    tmp_path: Path, named: list[str], at: str, said: str
) -> None:
    done = retro(company(tmp_path), at, *named)

    assert done.exit_code == 2
    assert said in done.output and "Nothing was read or written" in done.output


def test_the_periods_rule_pulse_and_changed_target_are_printed(tmp_path: Path) -> None:
    end = "end = 2026-12-31\ngrades = { green = 0.5 }\npulse = { payments = { clarity = 4, autonomy = 3, focus = 2 } }"
    said = 'retargets = [{ on = 2026-11-12, from = 2, to = 3, because = "drills count" }]\n'
    said += "checkins = [{ on = 2026-12-30, value = 7.5 }]"
    config = company(
        tmp_path, ("end = 2026-12-31", end), ("start = 12, target = 3 }", f"start = 12, target = 3 }}\n{said}")
    )

    text = retro(config, ENDED, "--offline").stdout

    assert "is green from 0.5 on, a success; amber from 0.4 on" in text
    assert "| 0.5, 0.45 against the first target | green |" in text
    assert "target changed: 2 -\\> 3 on 12 Nov 2026, because drills count" in text
    assert "| Payments | 4 | 3 | 2 |" in text
    assert "Payments gives focus 2 of 5. What stood in its way?" in text
    assert "Not given" not in text


def test_what_is_proposed_is_a_registry_file_that_loads_with_the_same_measures(tmp_path: Path) -> None:
    more = "".join(
        f'\n[[objectives.key_results]]\nid = "PAY-O1-{kr}"\ntitle = "About \\"{kr}\\""\nmeasure = {measure}\n'
        for kr, measure in MEASURES.items()
    )
    said = 'start = 12, target = 3 }\nteams = ["growth"]\nbinds = ["jira-main:issue/PAY-1"]\nunit = "issues"\n'
    said += 'commitment = "committed"\ncheckins = [{ on = 2026-12-30, value = 7 }]'
    registry = changed(REGISTRY, ("start = 12, target = 3 }", said)) + more
    config = company_files(tmp_path, pay=registry, q1=Q1)
    _, before = load(config)
    proposal = data(config, ENDED, "--offline")["proposal"]

    (tmp_path / "okrs/q1.toml").write_text(Q1 + proposal, encoding="utf-8")

    _, after = load(config)
    new = {kr.id.removesuffix("-2027-Q1"): kr for kr in after.key_results if kr.period == "2027-Q1"}
    old = {kr.id: kr for kr in before.key_results}
    assert new.keys() == old.keys()
    assert {kr: it.measure.source for kr, it in new.items()} == {kr: it.measure.source for kr, it in old.items()}
    assert {kr: it.title for kr, it in new.items()} == {kr: it.title for kr, it in old.items()}
    assert (new["PAY-O1-KR2"].measure.start, new["PAY-O1-KR2"].measure.target) == (Decimal(7), Decimal(3))
    assert new["PAY-O1-KR2"].binds == old["PAY-O1-KR2"].binds and new["PAY-O1-KR2"].teams == ("payments", "growth")
    assert [it.title for it in new["PAY-O1-KR6"].measure.milestones] == ["Rest"]
    unchanged = ("PAY-O1-KR1", "PAY-O1-KR3", "PAY-O1-KR4", "PAY-O1-KR5", "PAY-O1-KR7", "PAY-O1-KR8", "PAY-O1-KR9")
    assert [new[kr].measure for kr in unchanged] == [old[kr].measure for kr in unchanged]
    assert all(it.write is None for it in new.values())

    again = data(config, ENDED, "--offline")
    assert again["proposal"] == ""
    assert {it["successor"] for it in again["carries"]} == {kr.id for kr in new.values()}


def test_a_title_is_text_everywhere_and_what_is_not_for_everybody_is_only_counted(tmp_path: Path) -> None:
    wild = '<script>alert(1)</script> | [x](http://e.example) ``` \\u202e \\u0007 =HYPERLINK("e")'
    config = company(
        tmp_path,
        ('title = "Ship the new ledger"', f"title = {json.dumps(wild)}".replace("\\\\u", "\\u")),
        ('title = "Cut P1 incidents from 12 to 3"', 'title = "Secret merger"\nvisibility = "board"'),
    )

    text = retro(config, ENDED, "--offline").stdout
    found = data(config, ENDED, "--offline")

    table = text.partition("```")[0]
    assert "<script>" not in table and "\\<script\\>" in table and "[x](" not in table and "\\|" in table
    assert all(plain(line) == line for line in text.splitlines())
    assert "````toml" in text
    assert "Secret" not in text and "KR2" not in text and "1 key result not for everybody" in text
    assert found["hidden"] == 1 and "Secret" not in json.dumps(found)


def test_the_papers_example_is_what_the_command_prints(stage: Stage) -> None:
    page = (Path(__file__).parents[2] / "docs/retro.md").read_text(encoding="utf-8")
    example = page.partition("```console\n")[2].partition("```")[0].splitlines()[1:]
    carried = page.rpartition("```toml\n")[2].partition("```")[0].strip()
    q1 = stage.folder / "okrs/2027-Q1.toml"
    q1.write_text(Q1, encoding="utf-8")

    shown = retro(stage.sandbox.config, "2026-11-18", "--period", "2026-Q4", "--offline").stdout.splitlines()

    assert [line for line in shown if line in example] == [line for line in example if line != "..."]
    assert carried in retro(stage.sandbox.config, "2027-01-20", "--offline").stdout


def test_it_is_written_to_a_file_or_the_reason_is_told(tmp_path: Path) -> None:
    config = company(tmp_path)
    shown = retro(config, ENDED, "--offline").stdout

    written = retro(config, ENDED, "--offline", "--output", str(tmp_path / "out/retro.md"))
    refused = retro(config, ENDED, "--offline", "--output", str(tmp_path))

    assert (written.exit_code, written.stdout) == (0, "")
    assert (tmp_path / "out/retro.md").read_text(encoding="utf-8") == shown
    assert refused.exit_code == 2 and "was not written" in refused.output
