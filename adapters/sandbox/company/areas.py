"""How a team's work is described: what it does to what, and which key result that serves."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Area:
    """One field of a team's work. Every verb fits every object, so their product is the backlog.

    `under` is the epic (Jira) or project (Linear) that holds it. `place` says where `tag` stands: on the epic alone,
    or on each issue. `weight` is the share of the team's work, `over` that all of it is finished.
    """

    verbs: tuple[str, ...]
    objects: tuple[str, ...]
    weight: int = 1
    under: str = ""
    tag: str = ""
    place: str = "issue"
    type: str = "Story"
    labels: tuple[str, ...] = ()
    component: str = ""
    over: bool = False


@dataclass(frozen=True, kw_only=True)
class TeamWork:
    """How one team works: so many new issues a sprint, so many of a hundred without an estimate."""

    key: str
    areas: tuple[Area, ...]
    per_sprint: int
    backlog: int
    unestimated: int = 10
    estimates: tuple[int, ...] = (1, 2, 2, 3, 3, 3, 5, 5, 8)
