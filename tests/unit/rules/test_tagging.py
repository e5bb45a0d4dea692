"""Which suggestions are written as tags: the surest, on unaligned issues, and never where a person took one off."""

from typing import Any

from support.builders import a_team, an_issue

from mappings.labels import Label, LabelStock, LabelStyle
from mappings.linking import Class, Linked
from mappings.model import Issue
from mappings.suggesting import Suggestion
from syncer.flags import AT_MOST
from syncer.plan import FlagChange, Status
from syncer.tagging import SUGGESTED, Offer, plan_tags

KR = "PAY-O1-KR1"


def planned(
    *issues: Issue, score: float = 0.97, kind: Class = Class.UNALIGNED, **changes: Any
) -> tuple[FlagChange, ...]:
    rows = [Linked(issue=issue, team=a_team(), kind=kind, because="") for issue in issues]
    suggestions = {issue.ref: (Suggestion(KR, score, "like PAY-9"),) for issue in issues}
    return plan_tags(rows, suggestions, **{"offers": {}, "prefix": "okr:", "at_least": 0.95} | changes)[0]


def a_label(name: str = f"okr:{KR}", **changes: Any) -> Label:
    return Label(id=f"label-{name}", name=name, **changes)


def offered(*labels: Label, **above: tuple[str, ...]) -> dict[str, Offer]:
    return {"memory": Offer(LabelStock(labels=labels, above=above), LabelStyle())}


def test_a_sure_suggestion_becomes_a_label_with_a_ledger_of_its_own() -> None:
    [tag] = planned(an_issue("PAY-1"))

    assert tag.status is Status.WOULD_CHANGE
    assert (tag.write.action, tag.write.label, tag.write.sprint) == ("add", "okr:PAY-O1-KR1", SUGGESTED)


def test_a_less_sure_one_a_broken_tag_and_an_issue_without_suggestion_get_none() -> None:
    assert planned(an_issue("PAY-1"), score=0.94) == ()
    assert planned(an_issue("PAY-1"), kind=Class.BROKEN) == ()
    row = Linked(issue=an_issue("PAY-1"), team=a_team(), kind=Class.UNALIGNED, because="")
    assert plan_tags([row], {row.issue.ref: ()}, {}, "okr:", 0) == ((), ())


def test_where_a_person_took_a_tag_of_ours_off_nothing_more_is_tagged() -> None:
    same, other = (("okr:PAY-O1-KR1", SUGGESTED),), (("okr:PAY-O1-KR9", SUGGESTED),)

    for flagged in (same, other):
        [tag] = planned(an_issue("PAY-1", flagged=flagged))
        assert tag.status is Status.LEFT_ALONE
        assert "a person took okr:PAY-O1-KR" in tag.reason
    [tag] = planned(an_issue("PAY-1", flagged=(("okr-unaligned", "7"),)))
    assert tag.status is Status.WOULD_CHANGE


def test_in_linear_only_a_label_that_is_there_is_attached_the_teams_own_first() -> None:
    issue = an_issue("GRO-1", project="GRO")

    [missing] = planned(issue, offers=offered(a_label(is_retired=True), a_label(team="OPS"), a_label("okr:other")))
    [found] = planned(issue, offers=offered(a_label(), a_label("okr:pay_o1_kr1", team="GRO")))
    [above] = planned(issue, offers=offered(a_label(team="ALL"), GRO=("ALL",)))
    [grouped] = planned(issue, offers=offered(a_label(KR, group="okr")))

    assert missing.status is Status.LEFT_ALONE and "okrsync labels --apply" in missing.reason
    assert (found.write.label, found.write.label_id) == ("okr:pay_o1_kr1", "label-okr:pay_o1_kr1")
    assert above.write.label_id == f"label-okr:{KR}"
    assert (grouped.write.label, grouped.status) == (KR, Status.WOULD_CHANGE)


def test_a_tag_that_no_label_in_jira_can_hold_is_left() -> None:
    [tag] = planned(an_issue("PAY-1"), prefix="okr: ")

    assert (tag.status, tag.reason) == (Status.LEFT_ALONE, "a label in Jira holds no space")


def test_at_most_fifty_are_planned_the_surest_first_and_the_rest_is_said() -> None:
    issues = [an_issue(f"PAY-{number}") for number in range(AT_MOST + 3)]
    rows = [Linked(issue=issue, team=a_team(), kind=Class.UNALIGNED, because="") for issue in issues]
    scores = {issue.ref: (Suggestion(KR, 0.95 + (place == 7) / 100, ""),) for place, issue in enumerate(issues)}

    changes, notes = plan_tags(rows, scores, {}, "okr:", 0.95)

    assert len(changes) == AT_MOST
    assert changes[0].write.key == "PAY-7"
    assert notes == ("3 of 53 tags wait for the next run: at most 50 a run",)
