"""What a tracker offers beside reading and writing when tag labels are provided in it: ask `isinstance`."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from mappings.labels import Label, LabelChange, LabelStock
from mappings.targets import Outcome, Target


@runtime_checkable
class KeepsLabels(Protocol):
    """A connection where labels are things of their own (Linear).

    Must: answer completely or raise an `adapters.errors.TrackerError`; re-read a label before it changes it; be
    repeatable: stopped at any request and run again, the end state is the same and no label is there twice.
    """

    def read_labels(self) -> LabelStock:
        """Every label that is not deleted, retired ones too, and the teams' tree."""
        ...

    def open_issues_with(self, labels: Sequence[Label]) -> dict[str, tuple[str, ...]]:
        """Label id -> keys of the open issues, of whatever team, that carry it, sorted."""
        ...

    def write_label(self, change: LabelChange) -> Outcome:
        """Make one change of one label, if it still is as the plan found it."""
        ...


@runtime_checkable
class SeedsLabels(Protocol):
    """A connection where a label is there because an issue carries it (Jira). Musts as above."""

    def read_issue_labels(self, targets: Sequence[Target]) -> dict[Target, tuple[str, ...]]:
        """The labels of these issues; an issue that is not visible is not in it."""
        ...

    def seed_label(self, change: LabelChange) -> Outcome:
        """Put one label on one issue; its other labels are untouched."""
        ...
