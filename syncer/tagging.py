"""Which suggested key results are written as tags: labels, with the ledger of the flags. A person's hand stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappings.labels import Label, LabelStock, LabelStyle
from mappings.linking import Class, Linked
from mappings.model import Issue, Ref
from mappings.okrs import normal_id
from mappings.suggesting import Suggestion
from mappings.targets import FlagWrite
from syncer.flags import AT_MOST
from syncer.plan import FlagChange, Status

SUGGESTED = "suggested"
"""Stands in the flags' ledger where a flag's sprint does: a tag that a person took off stays off for good."""


@dataclass(frozen=True, slots=True)
class Offer:
    """The labels that a tracker keeps as things of their own (Linear), and how its tags look."""

    stock: LabelStock
    style: LabelStyle

    def label(self, kr: str, team: str) -> Label | None:
        """The label with which an issue of this Linear team is tagged; None where there is none to pick."""
        owners = {"", team, *self.stock.above.get(team, ())}
        found = (
            label
            for label in self.stock.labels
            if not label.is_retired and label.team in owners and self.style.tag_of(label) == normal_id(kr)
        )
        # of a group an issue takes one label only: a flat one leaves room
        return min(
            found,
            key=lambda label: (bool(label.group), label.team != team, label.team, label.name, label.id),
            default=None,
        )


def plan_tags(
    rows: Sequence[Linked],
    suggestions: Mapping[Ref, Sequence[Suggestion]],
    offers: Mapping[str, Offer],
    prefix: str,
    at_least: float,
) -> tuple[tuple[FlagChange, ...], tuple[str, ...]]:
    """The tags that would be written, surest first, and a note where the limit cut them.

    Only unaligned issues get one: a broken tag is a person's word, to be mended by a person. `offers`: the labels of
    the trackers where a label is not free text.
    """
    scored = [
        (suggestions[row.issue.ref][0], row.issue)
        for row in rows
        if row.kind is Class.UNALIGNED and suggestions.get(row.issue.ref)
    ]
    scored.sort(key=lambda each: (-each[0].score, each[1].ref))
    changes = [_tag(issue, best.kr, offers, prefix) for best, issue in scored if best.score >= at_least]
    due = [change for change in changes if change.status is Status.WOULD_CHANGE]
    kept = [change for change in changes if change.status is not Status.WOULD_CHANGE]
    if len(due) <= AT_MOST:
        return tuple(due + kept), ()
    note = f"{len(due) - AT_MOST} of {len(due)} tags wait for the next run: at most {AT_MOST} a run"
    return tuple(due[:AT_MOST] + kept), (note,)


def _tag(issue: Issue, kr: str, offers: Mapping[str, Offer], prefix: str) -> FlagChange:
    offer = offers.get(issue.tracker)
    label = offer.label(kr, issue.project) if offer else None
    name = label.name if label else prefix + kr
    write = FlagWrite(
        tracker=issue.tracker,
        key=issue.key,
        id=issue.id,
        label=name,
        action="add",
        sprint=SUGGESTED,
        label_id=label.id if label else "",
    )
    carried = {each.casefold() for each in issue.labels}
    refused = [label for label, by in issue.flagged if by == SUGGESTED and label.casefold() not in carried]
    if refused:
        reason = f"a person took {refused[0]} off: nothing more is tagged there"
    elif offer and label is None:
        reason = f"there is no label {name} to pick: okrsync labels --apply makes it"
    elif offer is None and any(character.isspace() for character in name):
        reason = "a label in Jira holds no space"
    else:
        return FlagChange(write=write, status=Status.WOULD_CHANGE)
    return FlagChange(write=write, status=Status.LEFT_ALONE, reason=reason)
