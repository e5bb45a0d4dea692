"""Key results that people check in on in Jira: what they cost while nobody does, and that no check-in is missed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.company_files import company_files
from unit.jira.jira_site import PROGRESS, Jira, an_issue, served
from unit.jira.okr_site import an_okr, an_okr_site

from adapters.retry import Deadline
from adapters.sandbox.jira.records import Comment
from syncer.config import load
from syncer.run import Run, run

CONFIG = """\
registry = ["okrs/*.toml"]

[trackers.jira-main]
kind = "jira"
url = "{url}"
{deployment}
progress_field = "OKR progress"

[teams.payments]
scopes = {{ jira-main = {{ projects = ["PAY"], boards = [12] }} }}
"""
AS_ISSUES = """
[trackers.jira-main.okrs]
project = "OKR"
period = "2026-Q4"
team = "payments"
fields = { start = "Start value", target = "Target value", current = "Current value" }
"""
PERIOD = """\
[period]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31

"""
OBJECTIVE = """\
[[objectives]]
id = "PAY-O1"
title = "Checkout never lets a customer down"
team = "payments"
"""
KEY_RESULT = """
[[objectives.key_results]]
id = "{id}"
title = "Key Result {number}"
measure = {{ kind = "{kind}"{numbers} }}
write = {{ to = "jira-main:issue/OKR-{number}" }}
"""
NUMBERS = ", start = 12, target = 3"
QUIET = 6
"""As many requests as issue 3 allows a site on which nothing has happened."""


class Payments:
    """A team whose three manual key results, and one that is delivery, are issues OKR-2 to OKR-5."""

    def __init__(self, jira: Jira, config: Path) -> None:
        self.jira = jira
        self._config = config

    def run(self, mode: str = "sync", **options: Any) -> Run:
        """As the next run, some minutes later."""
        self.jira.site.now += timedelta(minutes=10)
        self.jira.server.reset()
        config, registry = load(self._config)
        deadline = Deadline(config.deadline_seconds, sleep=lambda _: None)
        done = run(config, registry, mode=mode, at=self.jira.site.now, deadline=deadline, **options)
        assert done.exit_code == 0
        return done

    def checks_in(self, number: int, line: str) -> Comment:
        """A person comments on OKR-`number`, some minutes after the last run."""
        self.jira.site.now += timedelta(minutes=5)
        return self.jira.site.add_comment(self.okr(number), "712020:somebody", self._body(line))

    def changes(self, number: int, comment: Comment, line: str) -> None:
        """The person edits the comment."""
        self.jira.site.now += timedelta(minutes=5)
        self.jira.site.edit_comment(self.okr(number), comment, self._body(line))

    def deletes(self, number: int, comment: Comment) -> None:
        """The person takes the comment away."""
        self.jira.site.now += timedelta(minutes=5)
        self.jira.site.delete_comment(self.okr(number), comment)

    def okr(self, number: int) -> Any:
        return self.jira.site.issue(f"OKR-{number}")

    def _body(self, line: str) -> Any:
        if self.jira.site.is_data_center:
            return line
        paragraph = {"type": "paragraph", "content": [{"type": "text", "text": line}]}
        return {"type": "doc", "version": 1, "content": [paragraph]}


def current(done: Run, number: int) -> Decimal | None:
    """The value of the key result on OKR-`number`."""
    return next(it.score.current for it in done.figures.key_results.values() if it.kr.write.id == f"OKR-{number}")


@contextmanager
def payments(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, data_center: bool, as_issues: bool
) -> Iterator[Payments]:
    okrs = [an_okr(number, start=12, target=3, current=9) for number in (2, 3, 4)]
    work = [an_issue(number, sprints=[77], parent="PAY-9") for number in range(1, 5)]
    site = an_okr_site(*okrs, an_okr(5), *work, an_issue(9, type="Epic", level=1))
    with served(site, monkeypatch, data_center=data_center) as jira:
        jira.connect()  # sets the variables
        deployment = 'deployment = "data-center"' if data_center else ""
        config = CONFIG.format(url=jira.server.url, deployment=deployment) + (AS_ISSUES if as_issues else "")
        registry = PERIOD
        if not as_issues:
            rows = [("manual", number, NUMBERS) for number in (2, 3, 4)] + [("delivery", 5, "")]
            registry += OBJECTIVE + "".join(
                KEY_RESULT.format(id=f"PAY-O1-KR{number}", number=number, kind=kind, numbers=numbers)
                for kind, number, numbers in rows
            )
        yield Payments(jira, company_files(folder, config=config, pay=registry))


@pytest.fixture(params=[False, True], ids=["cloud", "data-center"])
def data_center(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(params=[False, True], ids=["in-files", "as-issues"])
def team(
    request: pytest.FixtureRequest, data_center: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Payments]:
    """In front of a first run that has written, and a second that has read what that changed."""
    with payments(tmp_path, monkeypatch, data_center=data_center, as_issues=bool(request.param)) as made:
        made.checks_in(2, "okr: 8")
        made.run()
        made.run()
        yield made


def test_nothing_is_asked_of_key_results_that_stand_where_they_stood(team: Payments) -> None:
    done = team.run()

    assert "comments" not in team.jira.operations()
    assert len(team.jira.server.calls) <= QUIET
    assert team.jira.server.mutations == []
    assert current(done, 2) == 8


def test_a_check_in_is_found_by_the_next_run_and_so_is_its_change_and_its_end(team: Payments) -> None:
    said = team.checks_in(3, "okr: 7 confidence 6")
    written = current(team.run(), 3)
    team.changes(3, said, "okr: 6")
    edited = current(team.run(), 3)
    team.deletes(3, said)
    deleted = current(team.run(), 3)

    assert (written, edited) == (7, 6)
    assert deleted in (None, 9)


def test_only_the_key_result_that_was_checked_in_on_is_asked(team: Payments) -> None:
    team.checks_in(4, "okr: 5")

    team.run("plan")

    assert team.jira.operations().count("comments") == 1


def test_the_same_figures_as_without_a_mirror(team: Payments) -> None:
    team.checks_in(4, "okr: 5")
    team.run()
    kept = team.run("plan")
    mirror = kept.config.mirror
    assert mirror is not None
    mirror.unlink()

    afresh = team.run("plan")

    assert [current(afresh, number) for number in (2, 3, 4)] == [current(kept, number) for number in (2, 3, 4)]
    assert [it.write for it in afresh.plan.changes] == [None] * len(afresh.plan.changes)
    assert team.jira.operations().count("comments") >= 3


def test_nobodys_words_are_kept_on_disk_but_the_check_ins(team: Payments) -> None:
    team.checks_in(4, "I think Ada is to blame for this")
    team.checks_in(4, "okr: 5 note the second provider")

    team.run()
    mirror = team.run().config.mirror

    assert mirror is not None
    kept = mirror.read_bytes()
    assert b"the second provider" in kept
    assert b"Ada" not in kept
    assert b"712020:somebody" not in kept


def test_two_changes_in_one_second_are_both_seen(team: Payments) -> None:
    team.checks_in(3, "okr: 7")
    team.jira.site.now -= timedelta(minutes=10)
    team.run("plan")  # in the very second of the comment: another may follow with the same date
    comment = team.jira.site.add_comment(team.okr(3), "712020:somebody", team._body("okr: 6"))

    found = current(team.run("plan"), 3)

    assert comment.created == team.okr(3).updated
    assert found == 6


def test_a_ledger_that_was_written_alone_is_known_to_the_next_run(
    data_center: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with payments(tmp_path, monkeypatch, data_center=data_center, as_issues=False) as team:
        config = tmp_path / "config.toml"
        config.write_text(config.read_text("utf-8").replace("progress_field", "living_comment = false\nprogress_field"))
        team.checks_in(2, "okr: 6")
        team.jira.site.set_field(team.okr(2), PROGRESS, 0.67)
        before = team.okr(2).updated
        team.run("plan")

        adopted = next(it for it in team.run().plan.changes if it.kr == "PAY-O1-KR2")
        again = next(it for it in team.run().plan.changes if it.kr == "PAY-O1-KR2")

        assert (adopted.reason, adopted.status.value) == ("the same value stands there: adopted", "changed")
        assert team.okr(2).updated == before
        assert (again.reason, again.status.value) == ("", "unchanged")
