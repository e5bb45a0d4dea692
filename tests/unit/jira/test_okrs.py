"""Objectives and key results that live in Jira as issues."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from support.builders import a_period
from unit.jira.jira_site import NOW, Jira, served
from unit.jira.okr_site import CURRENT, ID, OKRS, an_okr, an_okr_site

from adapters.declaring import Declared, DeclaresOkrs
from adapters.errors import TrackerError
from adapters.sandbox.jira.fields import OKR_PROGRESS, number_field
from adapters.sandbox.jira.site import Site
from mappings.okrs import Checkin, Status
from mappings.targets import Target


def okrs_of(site: Site, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Declared:
    """What a new connection reads, without leave to write."""
    with served(site, monkeypatch) as jira:
        return read(jira, **changes)


def read(jira: Jira, **changes: Any) -> Declared:
    settings = changes.pop("settings", {})
    connection = jira.connect(may_write=False, okrs=OKRS | changes, **settings)
    assert isinstance(connection, DeclaresOkrs)
    return connection.read_okrs([a_period()], UTC)


def test_a_key_result_issue_is_a_key_result_of_the_objective_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = okrs_of(an_okr_site(an_okr(2, summary="Cut P1 incidents", start=12, target=3)), monkeypatch)

    assert found.misfits == ()
    [objective] = found.objectives
    [kr] = objective.key_results
    assert (objective.id, objective.title, objective.team) == (
        "OKR-1",
        "Checkout never lets a customer down",
        "payments",
    )
    assert (kr.id, kr.title, kr.objective, kr.period, kr.team) == (
        "OKR-2",
        "Cut P1 incidents",
        "OKR-1",
        "2026-Q4",
        "payments",
    )
    assert (kr.measure.kind, kr.measure.start, kr.measure.target) == ("manual", Decimal(12), Decimal(3))
    assert kr.write == kr.home == Target("jira-main", "issue", "OKR-2")
    assert kr.where.endswith("/browse/OKR-2")


def test_a_key_result_without_a_target_is_measured_by_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    found = okrs_of(an_okr_site(an_okr(2)), monkeypatch)

    assert found.objectives[0].key_results[0].measure.kind == "delivery"


def test_the_current_value_is_a_check_in_of_the_day_it_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    site = an_okr_site(an_okr(2, start=12, target=3, current=9))
    issue = site.issue("OKR-2")
    assert issue is not None
    site.now = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
    site.set_field(issue, CURRENT, 7)
    site.now = NOW
    site.set_field(issue, OKR_PROGRESS, 0.5)  # as our own write does: it moves `updated`

    found = okrs_of(site, monkeypatch)

    assert found.objectives[0].key_results[0].checkins == (Checkin(on=date(2026, 11, 16), value=Decimal(7)),)


def test_a_value_that_was_there_from_the_start_is_of_the_day_the_issue_was_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = okrs_of(an_okr_site(an_okr(2, start=12, target=3, current=9)), monkeypatch)

    assert found.objectives[0].key_results[0].checkins == (Checkin(on=date(2026, 10, 5), value=Decimal(9)),)


def test_a_field_holds_the_id_that_tags_use(monkeypatch: pytest.MonkeyPatch) -> None:
    issue = an_okr(2)
    issue.custom[ID] = "PAY-O1-KR1"

    found = okrs_of(an_okr_site(issue), monkeypatch, fields=OKRS["fields"] | {"id": "OKR id"})

    assert [kr.id for kr in found.objectives[0].key_results] == ["PAY-O1-KR1"]


def test_levels_tell_objectives_from_key_results_as_types_do(monkeypatch: pytest.MonkeyPatch) -> None:
    site = an_okr_site(an_okr(1, "Objective"), an_okr(2))

    found = okrs_of(site, monkeypatch, objective_level=2, key_result_level=1)

    assert [kr.id for kr in found.objectives[0].key_results] == ["OKR-2"]


def test_a_search_of_the_users_own_lists_them(monkeypatch: pytest.MonkeyPatch) -> None:
    okrs = {"project": None, "jql": "project = OKR OR project = OPS ORDER BY created"}

    found = okrs_of(an_okr_site(an_okr(2)), monkeypatch, **okrs)

    assert [kr.id for kr in found.objectives[0].key_results] == ["OKR-2"]


def test_a_cancelled_objective_retires_its_key_results(monkeypatch: pytest.MonkeyPatch) -> None:
    site = an_okr_site(an_okr(2))
    objective = site.issue("OKR-1")
    assert objective is not None
    site.transition(objective, site.status("Done"), site.resolution("Won't Do"))

    kr = okrs_of(site, monkeypatch).objectives[0].key_results[0]

    assert (kr.status, kr.status_on, kr.status_reason) == (Status.RETIRED, NOW.date(), "OKR-1 was cancelled")


def test_two_fields_of_one_name_are_an_error_with_both_and_the_line_to_write(monkeypatch: pytest.MonkeyPatch) -> None:
    site = an_okr_site(an_okr(2))
    site.fields.append(number_field("customfield_10900", "Target value"))

    [misfit] = okrs_of(site, monkeypatch).misfits

    assert misfit.setting == ("okrs", "fields", "target")
    assert "customfield_10701, customfield_10900" in misfit.message
    assert 'target = "customfield_10701"' in misfit.message


def test_everything_that_does_not_fit_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    orphan, elsewhen = an_okr(3), an_okr(4, period="2026-Q5")
    orphan.parent = None

    found = okrs_of(an_okr_site(an_okr(2), orphan, elsewhen), monkeypatch)

    assert [misfit.message for misfit in found.misfits] == [
        'OKR-1 no registry file declares the period "2026-Q5"; did you mean "2026-Q4"?',
        "OKR-3 is a key result without an objective above it: give it one as its parent",
    ]


def test_no_key_result_at_all_is_an_error_for_a_blind_token_sees_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found = okrs_of(an_okr_site(an_okr(1, "Objective"), an_okr(2)), monkeypatch, key_result_type="Epic", jql=None)

    assert [misfit.message for misfit in found.misfits] == [
        "finds no key result: check it, and whether the token may see them"
    ]


def test_the_score_is_never_written_into_the_field_that_the_value_is_read_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = an_okr_site(an_okr(2, start=12, target=3, current=9))

    [misfit] = okrs_of(site, monkeypatch, settings={"progress_field": CURRENT}).misfits

    assert misfit.setting == ("okrs", "fields", "current")
    assert "written over" in misfit.message


def test_a_half_read_registry_is_an_error_of_the_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(an_okr_site(an_okr(2)), monkeypatch) as jira:
        jira.server.faults.answer(
            status=403, body=b"{}", when=lambda call: call.operation in ("search", "bulkfetch"), times=9
        )
        with pytest.raises(TrackerError):
            read(jira)


def test_a_line_in_a_comment_of_anybody_is_a_check_in(monkeypatch: pytest.MonkeyPatch) -> None:
    site = an_okr_site(an_okr(2, start=12, target=3))
    issue = site.issue("OKR-2")
    assert issue is not None
    site.now = NOW - timedelta(days=2)
    site.add_comment(issue, "712020:somebody", document("Hello", "okr: 7 confidence 6 note two of five were DNS"))
    site.add_comment(issue, "712020:somebody", document("okr: the plan"))
    site.now = NOW
    with served(site, monkeypatch) as jira:
        connection = jira.connect(may_write=False)
        assert isinstance(connection, DeclaresOkrs)
        home = Target("jira-main", "issue", "OKR-2")

        found = connection.read_checkins([home, Target("jira-main", "issue", "OKR-99")], UTC)

    said = Checkin(on=date(2026, 11, 16), value=Decimal(7), confidence=6, note="two of five were DNS")
    assert found == {home: (said,)}


def test_our_own_living_comment_is_no_check_in(monkeypatch: pytest.MonkeyPatch) -> None:
    from adapters.jira.adf import comment_body

    site = an_okr_site(an_okr(2))
    issue = site.issue("OKR-2")
    assert issue is not None
    site.add_comment(issue, "712020:okrsync", comment_body(("okr: 7",), "OKR-2"))
    with served(site, monkeypatch) as jira:
        connection = jira.connect(may_write=False)
        assert isinstance(connection, DeclaresOkrs)
        home = Target("jira-main", "issue", "OKR-2")

        assert connection.read_checkins([home], UTC) == {home: ()}


def document(*lines: str) -> dict[str, Any]:
    """An ADF document, a paragraph a line."""
    return {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": line}]} for line in lines],
    }


def test_a_data_center_is_read_the_same_but_for_where_a_parent_and_a_change_stand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {}
    for data_center in (False, True):
        site = an_okr_site(an_okr(2, start=12, target=3, current=9), an_okr(3))
        issue = site.issue("OKR-2")
        assert issue is not None
        site.now = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
        site.set_field(issue, CURRENT, 7)
        site.now = NOW
        with served(site, monkeypatch, data_center=data_center) as jira:
            declared = read(jira)
            assert declared.misfits == ()
            found[data_center] = [replace(kr, where="") for kr in declared.objectives[0].key_results]

    assert found[True] == found[False]
    assert found[True][0].checkins == (Checkin(on=date(2026, 11, 16), value=Decimal(7)),)


def test_a_wiki_comment_of_a_data_center_is_a_check_in_too(monkeypatch: pytest.MonkeyPatch) -> None:
    site = an_okr_site(an_okr(2, start=12, target=3))
    issue = site.issue("OKR-2")
    assert issue is not None
    home = Target("jira-main", "issue", "OKR-2")
    with served(site, monkeypatch, data_center=True) as jira:
        site.add_comment(issue, "712020:somebody", "Hello\nokr: 7 confidence 6 note *nearly* there")
        site.add_comment(issue, "712020:okrsync", "okr: 1\n\n{{okrsync OKR-2}}")
        connection = jira.connect(may_write=False)
        assert isinstance(connection, DeclaresOkrs)

        found = connection.read_checkins([home], UTC)

    assert [(it.value, it.confidence, it.note) for it in found[home]] == [(Decimal(7), 6, "nearly there")]
