"""Which labels a plan makes, renames, retires and leaves: pure."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from support.builders import TODAY, a_kr, a_period, a_registry, a_scope, a_team
from support.builders import settings as rule_settings

from mappings.labels import (
    MARK,
    Label,
    LabelChange,
    LabelPlan,
    LabelStock,
    LabelStyle,
    WantedTag,
    dead_tags,
    plan_labels,
    plan_seeds,
    strange_labels,
    wanted_tags,
)
from mappings.okrs import Status, normal_id
from mappings.tag_cards import tag_cards
from mappings.tags import TagReader
from mappings.targets import Target

KR = "GRO-O1-KR1"
STYLE = LabelStyle()


def a_tag(kr: str = KR, **changes: Any) -> WantedTag:
    return WantedTag(**{"kr": kr, "title": f"Title of {kr}", "teams": ("GRO",)} | changes)


def a_label(name: str = f"okr:{KR}", **changes: Any) -> Label:
    description = f"{MARK}Title of {KR}"
    return Label(**{"id": f"id-{name}-{changes.get('team', '')}", "name": name, "description": description} | changes)


def planned(
    *labels: Label,
    tags: tuple[WantedTag, ...] = (a_tag(),),
    dead: dict[str, tuple[str, str]] | None = None,
    carriers: dict[str, tuple[str, ...]] | None = None,
    style: LabelStyle = STYLE,
    above: dict[str, tuple[str, ...]] | None = None,
) -> LabelPlan:
    return plan_labels("lin", tags, dead or {}, LabelStock(labels=labels, above=above or {}), carriers or {}, style)


def said(plan: LabelPlan) -> list[tuple[str, str, str]]:
    return [(change.action, change.label, change.team) for change in plan.changes]


def test_a_live_tag_without_a_label_is_made_for_the_workspace_with_its_title() -> None:
    [change] = planned().changes

    assert (change.action, change.label, change.team) == ("create", f"okr:{KR}", "")
    assert change.description == f"Key result: Title of {KR}"


def test_a_label_that_is_there_is_left_as_it_is() -> None:
    assert planned(a_label()) == LabelPlan()


def test_a_respelled_id_renames_the_label_in_place() -> None:
    old = a_label("OKR:gro_o1.kr1")

    [change] = planned(old).changes

    assert (change.action, change.id, change.before, change.label) == ("rename", old.id, old.name, f"okr:{KR}")


def test_a_new_title_reaches_our_description_and_never_a_persons() -> None:
    ours, theirs = a_label(description=f"{MARK}Old title"), a_label(description="Ask Robin first")

    assert said(planned(ours)) == [("describe", f"okr:{KR}", "")]
    assert planned(theirs).changes == ()


def test_labels_by_team_are_made_for_each_team_that_has_none() -> None:
    tag = a_tag(teams=("DAT", "GRO"))

    plan = planned(a_label(team="GRO"), tags=(tag,), style=LabelStyle(by_team=True))

    assert said(plan) == [("create", f"okr:{KR}", "DAT")]


def test_a_workspace_label_serves_teams_that_would_get_their_own() -> None:
    assert planned(a_label(), style=LabelStyle(by_team=True)).changes == ()


def test_a_label_of_the_team_above_serves_the_one_below() -> None:
    style, above, tag = LabelStyle(by_team=True), {"WEB": ("GRO",)}, a_tag(teams=("GRO", "WEB"))

    assert said(planned(tags=(tag,), style=style, above=above)) == [("create", f"okr:{KR}", "GRO")]
    assert planned(a_label(team="GRO"), tags=(tag,), style=style, above=above).changes == ()


def test_beside_a_teams_label_of_the_name_the_others_get_their_own_and_are_told_why() -> None:
    plan = planned(a_label(team="GRO"), tags=(a_tag(teams=("DAT", "GRO")),))

    assert said(plan) == [("create", f"okr:{KR}", "DAT")]
    assert "no workspace label can stand beside it" in plan.notes[0]


def test_labels_of_a_group_named_like_the_prefix_count_and_its_limit_is_said() -> None:
    group = a_label("OKR", is_group=True)

    plan = planned(group, a_label(KR, group="OKR"))

    assert plan.changes == ()
    assert "takes one label of the group" in plan.notes[0]


def test_a_group_is_made_once_before_the_labels_in_it_where_one_opts_in() -> None:
    plan = planned(tags=(a_tag(), a_tag("GRO-O1-KR2")), style=LabelStyle(in_group=True))

    assert [(change.label, change.group, change.is_group) for change in plan.changes] == [
        ("okr", "", True),
        (KR, "okr", False),
        ("GRO-O1-KR2", "okr", False),
    ]


def test_a_retired_label_of_a_live_key_result_is_taken_back() -> None:
    assert said(planned(a_label(is_retired=True))) == [("restore", f"okr:{KR}", "")]


def test_two_spellings_of_one_tag_are_told_and_none_is_renamed_over_the_other() -> None:
    plan = planned(a_label(), a_label("okr:gro-o1_kr1"))

    assert plan.changes == ()
    assert "are one tag" in plan.notes[0]


def test_a_dead_label_is_archived_unless_open_issues_carry_it() -> None:
    old = a_label("okr:GRO-O1-KR9")
    dead = {"gro-o1-kr9": ("GRO-O1-KR9", "GRO-O1-KR9 was retired")}
    keys = tuple(f"GRO-{number}" for number in range(1, 8))

    free = planned(old, tags=(), dead=dead)
    carried = planned(old, tags=(), dead=dead, carriers={old.id: keys})

    assert [(change.action, change.kept) for change in free.changes] == [("archive", "")]
    assert [change.kept for change in carried.changes] == [
        "GRO-O1-KR9 was retired, and open issues carry it: GRO-1, GRO-2, GRO-3, GRO-4, GRO-5 and 2 more"
    ]


def test_dead_are_retired_replaced_and_those_of_a_closed_period_and_no_name_of_a_live_one() -> None:
    old = a_period("2026-Q3", start=date(2026, 7, 1), end=date(2026, 9, 30), closes=None)
    future = a_period("2027-Q1", start=date(2027, 1, 1), end=date(2027, 3, 31), closes=None)
    registry = a_registry(
        a_kr("A-O1-KR1", status=Status.RETIRED, aliases=("kept", "gone")),
        a_kr("A-O1-KR2", status=Status.REPLACED, replaced_by="A-O1-KR3"),
        a_kr("A-O1-KR3", aliases=("kept",)),
        a_kr("A-O1-KR4", status=Status.DRAFT),
        a_kr("B-O1-KR1", period="2026-Q3"),
        a_kr("C-O1-KR1", period="2027-Q1"),
        periods=(a_period(), old, future),
    )

    dead = dead_tags(registry, TODAY)

    assert sorted(dead) == ["a-o1-kr1", "a-o1-kr2", "b-o1-kr1", "gone"]
    assert dead["b-o1-kr1"] == ("B-O1-KR1", "B-O1-KR1 belongs to 2026-Q3, which is over")


def test_a_tag_is_wanted_where_its_teams_read_or_it_names_a_scope_and_everywhere_where_neither() -> None:
    rules = rule_settings(
        teams=(
            a_team("growth", scopes=(a_scope(tracker="lin", team="growth", projects=(), teams=("GRO", "WEB")),)),
            a_team("data", scopes=(a_scope(tracker="lin", team="data", projects=(), teams=("DAT",)),)),
            a_team("payments", scopes=(a_scope(tracker="jira", team="payments"),)),
        )
    )
    registry = a_registry(
        a_kr("A-O1-KR1", team="growth"),
        a_kr("B-O1-KR1", team="payments"),
        a_kr("C-O1-KR1", team="payments", scopes=("lin/data",)),
        a_kr("D-O1-KR1", team="company"),
        a_kr("E-O1-KR1", team="growth", status=Status.DRAFT),
    )

    found = wanted_tags(registry, rules, "lin", TODAY)

    assert [(tag.kr, tag.teams) for tag in found] == [
        ("A-O1-KR1", ("GRO", "WEB")),
        ("C-O1-KR1", ("DAT",)),
        ("D-O1-KR1", ("DAT", "GRO", "WEB")),
    ]
    assert [tag.kr for tag in wanted_tags(registry, rules, "lin", TODAY, "growth")] == ["A-O1-KR1"]


def test_a_tag_is_seeded_where_its_key_result_lives_and_once() -> None:
    here, there = Target("jira", "issue", "OKR-1"), Target("jira", "issue", "OKR-2")
    tags = (a_tag(issue=here), a_tag("K2", issue=there), a_tag("K3"), a_tag("K4"))

    plan = plan_seeds("jira", tags, {here: ("mine",)}, "okr:", used=["okr:K3"])
    again = plan_seeds("jira", tags[:1], {here: ("mine", f"okr:{KR}")}, "okr:", used=[])

    assert [(change.issue, change.label, bool(change.kept)) for change in plan.changes] == [
        ("OKR-1", f"okr:{KR}", False),
        ("OKR-2", "okr:K2", True),
    ]
    assert "okr:K4" in plan.notes[0] and "okr:K3" not in plan.notes[0]
    assert again == LabelPlan()


def test_a_label_that_names_nothing_is_told_with_what_was_meant() -> None:
    reader = TagReader(a_registry(a_kr(KR)), "okr:", TODAY)
    stock = LabelStock(labels=(a_label("okr:GR0-O1-KR1"), a_label("okr:none-bug"), a_label("okr:new"), a_label("bug")))

    [found] = strange_labels("lin", stock, {}, reader, STYLE)

    assert (found.text, found.suggestion) == ("okr:GR0-O1-KR1", KR)


def test_a_shared_key_result_is_on_every_teams_card_and_a_draft_on_none() -> None:
    registry = a_registry(a_kr(KR, team="growth", teams=("growth", "data")), a_kr("X-O1-KR1", status=Status.DRAFT))
    rules = rule_settings(teams=(a_team("growth", name="Zebra"), a_team("data", name="Apple")))

    cards = tag_cards(registry, rules, TODAY)

    assert [(card.name, [line.tag for line in card.key_results]) for card in cards] == [
        ("Apple", [f"okr:{KR}"]),
        ("Zebra", [f"okr:{KR}"]),
    ]


KRS = ["GRO-O1-KR1", "GRO-O1-KR2"]
SPELLINGS = st.sampled_from(
    [
        "okr:GRO-O1-KR1",
        "okr:gro_o1_kr1",
        "OKR:GRO.O1.KR1",
        "GRO-O1-KR1",
        "okr:GRO-O1-KR2",
        "GRO-O1-KR2",
        "okr:OLD",
        "Bug",
    ]
)


@st.composite
def stocks(draw: st.DrawFn) -> LabelStock:
    """Labels as Linear lets them stand: no name twice in one group where their owners share issues."""
    labels: list[Label] = []
    group_of_workspace = draw(st.booleans())
    for number in range(draw(st.integers(0, 6))):
        team = draw(st.sampled_from(["", "GRO", "DAT", "WEB"]))
        label = Label(
            id=str(number),
            name=draw(SPELLINGS),
            team=team,
            group=draw(st.sampled_from(["", "okr"])) if (team == "") is group_of_workspace else "",
            description=draw(st.sampled_from(["", "Ask Robin", f"{MARK}old"])),
            is_retired=draw(st.booleans()),
        )
        if not any(clashes(label, other) for other in labels):
            labels.append(label)
    owners = sorted({it.team for it in labels if it.group})
    groups = [Label(id=f"g{team}", name="okr", team=team, is_group=True) for team in owners]
    return LabelStock(labels=(*labels, *groups), above={"WEB": ("GRO",)})


def clashes(label: Label, other: Label) -> bool:
    together = label.team == other.team or "" in (label.team, other.team)
    same = label.name.casefold() == other.name.casefold()
    return (
        label.id != other.id and same and together and label.group == other.group and label.is_group == other.is_group
    )


def applied(stock: LabelStock, plan: LabelPlan) -> LabelStock:
    """What a tracker has afterwards; it refuses a name that is taken, and a group that is not there."""
    labels = {label.id: label for label in stock.labels}
    for change in plan.changes:
        if not change.kept:
            _apply(labels, change)
    return replace(stock, labels=tuple(labels.values()))


def _apply(labels: dict[str, Label], change: LabelChange) -> None:
    ident = change.id or f"new-{change.label}-{change.team}-{change.group}"
    if change.action == "create":
        assert ident not in labels
        groups = {(label.name, label.team) for label in labels.values() if label.is_group}
        assert not change.group or (change.group, change.team) in groups
        label = Label(id=ident, name="", team=change.team, group=change.group, is_group=change.is_group)
    else:
        label = labels[ident]
        assert label.name == change.before
    label = replace(
        label,
        name=change.label,
        description=change.description or label.description,
        is_retired={"archive": True, "restore": False}.get(change.action, label.is_retired),
    )
    assert not any(clashes(label, other) for other in labels.values()), (label, labels)
    labels[ident] = label


@given(stocks(), st.booleans(), st.booleans(), st.sets(st.sampled_from(["GRO", "DAT", "WEB"]), min_size=1))
@settings(max_examples=150, deadline=None, database=None)
def test_a_plan_that_was_made_leaves_nothing_to_do_and_every_team_its_label(
    stock: LabelStock, by_team: bool, in_group: bool, teams: set[str]
) -> None:
    style = LabelStyle(by_team=by_team, in_group=in_group)
    tags = tuple(a_tag(kr, teams=tuple(sorted(teams))) for kr in KRS)
    dead = {"old": ("OLD", "OLD was retired")}

    after = applied(stock, plan_labels("lin", tags, dead, stock, {}, style))

    assert plan_labels("lin", tags, dead, after, {}, style).changes == ()
    for tag in tags:
        mine = [it for it in after.labels if style.tag_of(it) == normal_id(tag.kr) and not it.is_retired]
        for team in teams:
            assert any(it.team in ("", team, *after.above.get(team, ())) for it in mine)
    assert not any(style.tag_of(label) == "old" and not label.is_retired for label in after.labels)
