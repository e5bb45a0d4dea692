"""`okrsync explain` and report.json say of every measure how its number was made, line by line."""

from pathlib import Path

import pytest
from support.stage import on_stage

from syncer.explain import explain
from syncer.report.document import report

MORE = """
[[objectives.key_results]]
id = "GRO-O1-KR11"
title = "Move all shops to the new provider"
owner = "growth lead"
depends_on = ["PAY-O1-KR1"]
measure = { kind = "milestones", milestones = [
  { title = "Contract signed", done_on = 2026-10-20 },
  { title = "All shops moved", weight = 3, done_on = 2026-12-10 },
  { title = "Old provider off" },
] }

[[objectives.key_results]]
id = "GRO-O1-KR12"
title = "Grow paying shops from 30 to 100"
owner = "growth lead"
measure = { kind = "manual", start = 30, target = 100 }
checkpoints = [{ on = 2026-11-15, value = 45 }, { on = 2026-12-15, value = 80 }]
checkins = [
  { on = 2026-10-11, value = 31 },
  { on = 2026-10-21, value = 38 },
  { on = 2026-10-31, value = 42 },
  { on = 2026-11-10, value = 50 },
]

[[objectives.key_results]]
id = "GRO-O1-KR13"
title = "Win 200 shops this quarter"
owner = "growth lead"
measure = { kind = "manual", start = 120, target = 200, accrual = "period" }
checkins = [{ on = 2026-11-15, value = 90 }]

[[objectives]]
id = "CO-1"
title = "Shops trust us with their whole business"
"""


def test_every_measure_is_explained_line_by_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        [file] = stage.folder.glob("okrs/*.toml")
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace('team = "growth"', 'team = "growth"\nsupports = "CO-1"', 1) + MORE, "utf-8")
        run = stage.run("plan")

    def lines(kr: str) -> tuple[str, ...]:
        found = explain(run, kr)
        assert found is not None
        return found.lines

    milestones, straight, growing = lines("GRO-O1-KR11"), lines("gro.o1.kr12"), lines("GRO-O1-KR13")
    assert milestones[0] == "outcome: 20 %: 1 of 3 milestones are done: 20 % by weight"
    assert milestones[2:6] == (
        "measure: milestones",
        "milestone: Contract signed, weight 1, done 2026-10-20",
        "milestone: All shops moved, weight 3, planned for 2026-12-10",
        "milestone: Old provider off, weight 1, not done",
    )
    assert milestones[6].startswith("waits on PAY-O1-KR1 of Payments, which is off track by pace:committed: ")
    assert straight[2:6] == (
        "measure: manual, from 30 to 100",
        "forecast: 80.51 at the end of the period, between 73.59 and 87.43 four times out of five, by the line through "
        "the values of 4 days: 72 %",
        "checkpoint: 45 by 2026-11-15, which is past",
        "checkpoint: 80 by 2026-12-15",
    )
    assert growing[2:4] == (
        "measure: manual, growing through the period to 200, 120 in the period before",
        "heading for 180 at the end of the period, if it goes on so",
    )

    document = report(run)
    shown = {kr.id: kr for kr in document.key_results}
    company = next(objective for objective in document.objectives if objective.id == "CO-1")
    below = next(objective for objective in document.objectives if objective.id == "GRO-O1")
    assert shown["GRO-O1-KR11"].because[:7] == milestones[:7]
    assert shown["GRO-O1-KR11"].waits_on
    assert shown["GRO-O1-KR12"].forecast is not None
    assert (company.score, company.basis, company.supported_by) == (below.score, "supporting objectives", ("GRO-O1",))
    assert company.because[-1].startswith("supported by GRO-O1: ")
