"""OKRs that live in Jira: the same figures as from files, the same care, and check-ins where they live."""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.stage import Stage, on_stage

from adapters.errors import RegistryProblem
from adapters.sandbox.jira.fields import TEXT, Field, number_field
from syncer.report.document import report
from syncer.report.schema import to_json

PERIOD = """\
[period]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
closes = 2027-01-15
"""
GOALS = """
[[objectives]]
id = "PAY-O1"
title = "Checkout never lets a customer down"
team = "payments"

[[objectives.key_results]]
id = "PAY-O1-KR1"
title = "Every card payment survives one provider's outage"
owner = "payments lead"
measure = { kind = "delivery" }
write = { to = "jira-main:issue/OKR-2" }

[[objectives.key_results]]
id = "PAY-O1-KR2"
title = "Cut P1 incidents from 12 to 3 a quarter"
owner = "payments lead"
measure = { kind = "manual", start = 12, target = 3 }
write = { to = "jira-main:issue/OKR-3" }
"""
MANUAL = '{ kind = "manual", start = 12, target = 3 }'
CHECKIN = """
[[objectives.key_results.checkins]]
on = 2026-11-16
value = 7
"""
OKRS = """
[trackers.jira-main.okrs]
project = "OKR"
period = "2026-Q4"

[trackers.jira-main.okrs.fields]
id = "OKR id"
start = "Start value"
target = "Target value"
current = "Current value"
team = "OKR team"
owner = "OKR owner"
"""
START, TARGET, CURRENT, ID, TEAM, OWNER = (f"customfield_107{number:02}" for number in range(6))
MONDAY = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)


def with_okrs(stage: Stage, *, in_jira: bool, registry: str = "", config: str = OKRS) -> None:
    """The payments team's goals, in a file or as the issues OKR-1 to OKR-3; the issues are there in both cases."""
    site = stage.site
    site.fields += [
        *(number_field(id, name) for id, name in ((START, "Start value"), (TARGET, "Target value"))),
        number_field(CURRENT, "Current value"),
        *(
            Field(id, name, "text", True, TEXT)
            for id, name in ((ID, "OKR id"), (TEAM, "OKR team"), (OWNER, "OKR owner"))
        ),
    ]
    issues = [issue for issue in site.issues if issue.project == "OKR"]
    second = next(issue for issue in issues if issue.key == "OKR-2")
    if site.issue("OKR-3") is None:
        third = copy.deepcopy(second)
        third.id, third.key, third.custom, third.properties = "99003", "OKR-3", {}, {}
        third.summary = "Cut P1 incidents from 12 to 3 a quarter"
        site.issues.append(third)
        site.reindex()
    for key, ident in (("OKR-1", "PAY-O1"), ("OKR-2", "PAY-O1-KR1"), ("OKR-3", "PAY-O1-KR2")):
        issue = site.issue(key)
        assert issue is not None
        issue.custom |= {ID: ident, TEAM: "Payments", OWNER: "payments lead"}
    third = site.issue("OKR-3")  # type: ignore[assignment]
    third.custom |= {START: 12, TARGET: 3}
    then, site.now = site.now, MONDAY
    site.set_field(third, CURRENT, 7)
    site.now = then
    text = PERIOD + registry if in_jira else PERIOD + GOALS + CHECKIN
    for file in (stage.folder / "okrs").glob("*.toml"):
        file.unlink()
    (stage.folder / "okrs" / "2026-Q4.toml").write_text(text, encoding="utf-8")
    if in_jira:
        with stage.sandbox.config.open("a", encoding="utf-8") as file:
            file.write(config)


def figures(stage: Stage) -> dict[str, Any]:
    """What the report says of goals and work, without what names the place of the registry."""
    document = json.loads(to_json(report(stage.run("sync"))).replace(stage.sandbox.jira.url, "JIRA"))
    return {key: document[key] for key in ("periods", "key_results", "objectives", "sprints", "work", "broken_tags")}


def comment(stage: Stage, key: str, text: str) -> None:
    """A person comments."""
    issue = stage.site.issue(key)
    assert issue is not None
    body = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}],
    }
    stage.site.add_comment(issue, "712020:somebody", body)


def test_the_same_goals_as_issues_give_the_same_figures_as_in_a_file(tmp_path: Path) -> None:
    found = {}
    for in_jira in (False, True):
        with (
            pytest.MonkeyPatch.context() as monkeypatch,
            on_stage(tmp_path / str(in_jira), monkeypatch, size=0.1) as stage,
        ):
            with_okrs(stage, in_jira=in_jira)
            found[in_jira] = figures(stage)

    assert found[True]["key_results"][1]["score"] == 0.56
    assert found[True] == found[False]


def test_a_second_run_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        stage.run()
        written = len(stage.mutations())
        assert written > 2

        again = stage.run()

        assert len(stage.mutations()) == written
        assert again.exit_code == 0


def test_what_is_wrong_with_the_issues_stops_the_run_before_any_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True, config=OKRS.replace("Target value", "Targt value"))

        with pytest.raises(RegistryProblem) as raised:
            stage.run()

        [problem] = raised.value.problems
        assert "config.toml:" in problem
        assert 'this Jira has no custom field "Targt value"' in problem
        assert 'did you mean "Target value"?' in problem
        assert stage.mutations() == []


def test_an_id_that_a_file_has_too_is_said_with_both_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True, registry=GOALS)

        with pytest.raises(RegistryProblem) as raised:
            stage.run()

    assert any("OKR001 PAY-O1-KR1 is declared already" in problem for problem in raised.value.problems)
    assert any("/browse/OKR-2" in problem for problem in raised.value.problems)


def test_where_the_key_results_cannot_be_read_nothing_is_written_and_the_run_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        stage.sandbox.jira.faults.answer(status=403, body=b"{}", when=lambda call: '"OKR\\"' in call.request, times=100)

        done = stage.run()

        assert done.exit_code == 1
        assert stage.mutations() == []
        assert any("jira-main/key results could not be read" in note for note in done.plan.notes)


def test_a_comment_on_the_key_results_issue_is_a_check_in_and_the_newest_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        comment(stage, "OKR-3", "okr: 4,5 confidence 8 note the new pager")

        done = stage.run("plan")

        score = done.figures.key_results["PAY-O1-KR2"].score
        assert (str(score.value), str(score.current)) == ("0.83", "4.5")


@pytest.mark.parametrize(
    ("measure", "said", "score"),
    [
        (MANUAL, "okr: 3", "1.00"),
        ('{ kind = "qualitative" }', "okr: 0.4 note two of five would miss it", "0.40"),
        ('{ kind = "hold", keep = "at or above", target = 99.9 }', "okr: 99.95", "1.00"),
        ('{ kind = "manual", start = 12, target = 3, accrual = "period" }', "okr: 5", "0.29"),
    ],
    ids=["manual", "qualitative", "hold", "accrual"],
)
def test_a_comment_is_a_check_in_of_a_key_result_from_a_file_too(
    measure: str, said: str, score: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=False)
        [file] = stage.folder.glob("okrs/*.toml")
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace(MANUAL, measure).replace("value = 7", "value = 0.7"), encoding="utf-8")
        comment(stage, "OKR-3", said)

        assert str(stage.run("plan").figures.key_results["PAY-O1-KR2"].score.value) == score


def test_check_ins_that_cannot_be_read_leave_their_key_result_alone_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        stage.run()
        comment(stage, "OKR-3", "okr: 3")
        stage.sandbox.jira.faults.answer(
            status=403, body=b"{}", when=lambda call: call.operation == "comments", times=100
        )

        done = stage.run()

        changes = {change.kr: change for change in done.plan.changes}
        assert done.exit_code == 1
        assert changes["PAY-O1-KR1"].status.value == "unchanged"
        assert changes["PAY-O1-KR2"].write is None


def test_goals_issues_are_never_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        config = stage.sandbox.config
        config.write_text(config.read_text("utf-8").replace('projects = ["PAY"]', 'projects = ["PAY", "OKR"]'), "utf-8")

        done = stage.run("plan")

        assert {found.issue.project for found in done.figures.linked.values()} == {"PAY", "GRO"}


def test_a_rule_may_name_a_key_result_that_lives_in_jira(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = '\n[[rules]]\nproject = "PAY"\nkr = "{}"\n'
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True, config=OKRS + rule.format("PAY-O1-KR2"))
        known = stage.run("plan")
        config = stage.sandbox.config
        config.write_text(config.read_text("utf-8").replace('kr = "PAY-O1-KR2"', 'kr = "PAY-O1-KR9"'), "utf-8")

        assert any(share.rule.startswith("rule") for it in known.figures.linked.values() for share in it.shares)
        with pytest.raises(RegistryProblem, match=r"rules\[1\].kr names no key result"):
            stage.run("plan")


def test_a_name_that_is_no_live_key_result_is_said_when_they_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)

        with pytest.raises(RegistryProblem, match="PAY-O1-KR9 is no live key result"):
            stage.run("sync", resume="PAY-O1-KR9")


def test_a_key_result_whose_issue_has_a_security_level_is_counted_and_not_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        issue = stage.site.issue("OKR-3")
        assert issue is not None
        issue.security = "Management"

        document = report(stage.run("report"))

    assert "PAY-O1-KR1" in {kr.id for kr in document.key_results}
    assert document.restricted.key_results == 1
    assert "Cut P1 incidents" not in to_json(document)


def test_an_objective_whose_issue_has_a_security_level_shows_its_id_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1) as stage:
        with_okrs(stage, in_jira=True)
        issue = stage.site.issue("OKR-1")
        assert issue is not None
        issue.security = "Management"

        document = report(stage.run("report"))

    assert document.restricted.key_results == 2
    assert {it.id: it.title for it in document.objectives}["PAY-O1"] == "a restricted objective"
    assert "Checkout never lets" not in to_json(document)
