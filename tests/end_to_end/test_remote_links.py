"""The why in the ticket: a link from the work of a sprint to the key result that it supports."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.stage import Stage, on_stage

from adapters.sandbox.jira.records import RemoteLink


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """The small company with remote links and health labels on."""
    with on_stage(tmp_path, monkeypatch, size=0.1) as running:
        turn_on(running, "remote_links = true", "health_label = true")
        yield running


def turn_on(stage: Stage, *lines: str) -> None:
    """Add settings to the Jira connection."""
    config = stage.sandbox.config
    text = config.read_text("utf-8").replace('kind = "jira"', "\n".join(['kind = "jira"', *lines]))
    config.write_text(text, "utf-8")


def links(stage: Stage) -> dict[str, list[RemoteLink]]:
    """Every remote link, by issue."""
    return {issue.key: issue.remote_links for issue in stage.site.issues if issue.remote_links}


def test_the_work_of_a_sprint_says_what_it_supports_and_how_far_that_is(stage: Stage) -> None:
    done = stage.run()

    assert done.exit_code == 0
    found = links(stage)
    supported = {
        row.issue.key
        for alignment in done.figures.sprints
        for row in alignment.rows
        if row.issue.tracker == "jira-main" and any(share.kr == "PAY-O1-KR1" for share in row.shares)
    }
    assert supported
    score = done.figures.key_results["PAY-O1-KR1"].score.value
    for key in supported:
        [link] = found[key]
        assert link.global_id == "okrsync:PAY-O1-KR1"
        assert link.value["object"]["title"] == (
            f"supports PAY-O1-KR1: Every card payment survives one provider's outage, now {score * 100:.0f} % "
            "(2026-11-18)"
        )
        assert link.value["object"]["url"].endswith("/browse/OKR-2")


def test_a_second_run_writes_nothing_and_neither_does_one_without_history(stage: Stage) -> None:
    first = stage.run()
    written = len(stage.mutations())

    stage.run()
    first.config.history.unlink()
    stage.run()

    assert len(stage.mutations()) == written


def test_the_plan_shows_links_and_makes_none(stage: Stage) -> None:
    from syncer.report.document import plan_document

    document = plan_document(stage.run("plan"))

    assert stage.mutations() == []
    [first, *_] = [change for change in document.changes if change.kind == "link"]
    assert str(first.after).startswith("supports PAY-O1-KR1")


def test_another_value_renames_the_link_and_there_is_still_one(stage: Stage) -> None:
    stage.run()
    before = {key: found[0].value["object"]["title"] for key, found in links(stage).items()}
    for row in stage.run("plan").figures.sprints[0].rows:
        if row.issue.tracker == "jira-main" and row.shares and row.issue.state.value != "done":
            stage.finish("jira-main", row.issue.key)
            break

    stage.run()

    after = {key: [link.value["object"]["title"] for link in found] for key, found in links(stage).items()}
    assert all(len(titles) == 1 for titles in after.values())
    assert any(after[key] != [title] for key, title in before.items())


def test_a_day_without_change_leaves_the_day_of_the_figure(stage: Stage) -> None:
    stage.run()
    written = len(stage.mutations())
    before = links(stage)

    stage.site.now += timedelta(days=1)
    stage.run(at=stage.sandbox.now + timedelta(days=1))

    assert len(stage.mutations()) == written
    assert links(stage) == before


def test_work_that_left_the_sprints_keeps_a_text_that_stays_true(stage: Stage) -> None:
    stage.run()
    leaver = next(key for key, [link] in links(stage).items() if "33 %" in link.value["object"]["title"])
    said = links(stage)[leaver][0].value["object"]["title"]
    issue = stage.site.issue(leaver)
    assert issue is not None
    stage.site.now += timedelta(days=1)
    stage.site.take_out_of_sprints(issue)
    for row in stage.run("plan").figures.sprints[0].rows:
        if row.issue.tracker == "jira-main" and row.shares and row.issue.state.value != "done":
            stage.finish("jira-main", row.issue.key)
            break

    done = stage.run(at=stage.sandbox.now + timedelta(days=1))

    [left] = links(stage)[leaver]
    others = {link.value["object"]["title"] for key, [link] in links(stage).items() if key != leaver}
    score = done.figures.key_results["PAY-O1-KR1"].score.value
    assert left.value["object"]["title"] == said
    assert said.endswith("now 33 % (2026-11-18)")
    assert any(title.endswith(f"now {score * 100:.0f} % (2026-11-19)") for title in others)


def test_a_long_title_never_costs_the_figure(stage: Stage) -> None:
    [file] = (stage.folder / "okrs").glob("*.toml")
    text = file.read_text("utf-8")
    title = "Every card payment survives one provider's outage"
    assert title in text
    file.write_text(text.replace(title, "W\u00f6rter " * 40 + "Ende"), "utf-8")

    stage.run()

    titles = {link.value["object"]["title"] for [link] in links(stage).values()}
    assert all(len(title) <= 255 for title in titles)
    assert any(title.endswith("..., now 33 % (2026-11-18)") for title in titles)


def test_work_that_supports_the_key_result_no_more_loses_its_link(stage: Stage) -> None:
    stage.run()
    key = next(key for key in links(stage) if any(label.startswith("okr:") for label in label_of(stage, key)))
    issue = stage.site.issue(key)
    assert issue is not None
    issue.parent = None
    for label in label_of(stage, key):
        stage.site.remove_label(issue, label)

    stage.run()

    assert key not in links(stage)
    assert issue.properties["okrsync.links"] == {"v": 1, "links": {}}


def label_of(stage: Stage, key: str) -> list[str]:
    """The labels of an issue."""
    issue = stage.site.issue(key)
    assert issue is not None
    return list(issue.labels)


def test_a_half_read_site_changes_no_link(stage: Stage) -> None:
    stage.sandbox.linear.faults.answer(status=403, body=b"{}", times=50)  # type: ignore[union-attr]

    stage.run()

    assert links(stage) == {}


def test_links_lead_to_the_report_where_the_config_says_so(stage: Stage) -> None:
    turn_on(stage, 'report_url = "https://reports.acme.example/okrs"')

    stage.run()

    addresses = {link.value["object"]["url"] for found in links(stage).values() for link in found}
    assert addresses == {"https://reports.acme.example/okrs"}


def test_no_more_than_fifty_links_in_a_run_and_the_rest_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_stage(tmp_path, monkeypatch) as stage:
        turn_on(stage, "remote_links = true")

        planned = stage.run("plan").plan

        assert len(planned.links) <= 50
        assert len(planned.links) == 50 or not any("links wait" in note for note in planned.notes)


def test_a_data_center_has_links_and_labels_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_stage(tmp_path, monkeypatch, size=0.1, data_center=True) as stage:
        turn_on(stage, "remote_links = true", "health_label = true")
        done = stage.run()
        written = len(stage.mutations())

        stage.site.now += timedelta(minutes=10)
        stage.run()
        rewritten = len(stage.mutations())
        stage.sandbox.jira.reset()
        stage.run()

        assert {(link.write.tracker, link.status.value) for link in done.plan.links} == {("jira-dc", "changed")}
        assert rewritten == written
        assert not any("okrsync.links" in call.path for call in stage.sandbox.jira.calls)
