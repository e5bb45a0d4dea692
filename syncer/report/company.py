"""The part of report.json about the company's own goals: what works for them, and where the teams' sprints go."""

from syncer.report.part import Part, Share


class CompanyGoal(Part):
    """What works for a goal of the company; its figures stand in `objectives` and `key_results`."""

    id: str
    supported_by: tuple[str, ...]
    """Ids of the objectives in force that support it."""
    teams: tuple[str, ...]
    """Keys of the teams with work that is tied to it."""


class CompanyObjective(CompanyGoal):
    """The same of an objective, with its key results in force."""

    key_results: tuple[CompanyGoal, ...]


class CompanyShare(Part):
    """What part of the sprint issues goes to an objective."""

    objective: str
    share: Share


class CompanyTeam(Part):
    """Where the sprint work of a team goes, or of the small teams together."""

    name: str
    teams: int
    issues: int
    shares: tuple[CompanyShare, ...] | None
    """What is left goes elsewhere. Null: they are too few people to be shown."""


class Company(Part):
    """The company's own objectives: those that are no team's and support nothing."""

    objectives: tuple[CompanyObjective, ...] = ()
    unsupported: tuple[str, ...] = ()
    """Ids of key results that no team supports, neither by an objective nor by work."""
    teams: tuple[CompanyTeam, ...] = ()
