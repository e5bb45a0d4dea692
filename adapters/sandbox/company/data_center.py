"""A part of the made-up company on a Jira Data Center of its own: some teams, and the issues of their key results."""

import re

from adapters.sandbox.company.jira_site import HUMANS
from adapters.sandbox.jira.data_center import as_data_center
from adapters.sandbox.jira.site import Account, Project, Site

VARIABLE = "JIRA_DC_TOKEN"
ACCOUNT = Account("JIRAUSER10100", "okrsync", "okrsync@example.com", "sandbox-dc-token")

# What moves: projects, and single issues of the OKR project.
_FULL = (frozenset({"PLT", "SUP", "INC"}), frozenset({"OKR-6", "OKR-7", "OKR-8"}))
_SMALL = (frozenset({"PAY"}), frozenset({"OKR-1", "OKR-2"}))

_CLOUD = re.compile(r"\[trackers\.jira-main\]\n(?:.+\n)*\n")
_TRACKER = """\
[trackers.jira-dc]
kind = "jira"
deployment = "data-center"
url = "{url}"
token_env = "{variable}"
progress_field = "OKR progress"
tag_fields = ["OKR"]

"""


def take_out(site: Site) -> Site:
    """Platform, support and incidents as a Data Center, no longer on `site`; of a small company payments, its one team.

    What they have of the OKR project goes with them, so both sites have a project of that key.
    """
    keys, okrs = _SMALL if site.project("PLT") is None else _FULL
    boards = [board for board in site.boards if keys & set(board.project_keys)]
    ids = {board.id for board in boards}
    taken = as_data_center(
        Site(
            site.now,
            projects=[
                Project(each.id, each.key, each.name) for each in site.projects if each.key in keys or each.key == "OKR"
            ],
            boards=boards,
            sprints=[sprint for sprint in site.sprints if sprint.board_id in ids],
            issues=[issue for issue in site.issues if issue.project in keys or issue.key in okrs],
            statuses=site.statuses,
            resolutions=site.resolutions,
            types=list(site.types),
            accounts=[ACCOUNT, *HUMANS],
        )
    )
    gone = {issue.id for issue in taken.issues}
    site.issues = [issue for issue in site.issues if issue.id not in gone]
    site.boards = [board for board in site.boards if board.id not in ids]
    site.sprints = [sprint for sprint in site.sprints if sprint.board_id not in ids]
    site.projects = [project for project in site.projects if project.key not in keys]
    site.reindex()
    return taken


def rewritten(files: dict[str, str], url: str) -> dict[str, str]:
    """The company's files with a connection `jira-dc` at `url`, and what `take_out` moved named by it.

    A small company has no Cloud then: its only Jira is the Data Center.
    """
    keys, okrs = _FULL if 'projects = ["PLT"]' in files["config.toml"] else _SMALL
    projects = "|".join(sorted(keys))
    issues = "|".join([*(f"{key}-" for key in sorted(keys)), *(rf"{key}\b" for key in sorted(okrs))])
    moved = {}
    for name, text in files.items():
        scoped = re.sub(rf'jira-main( = {{ projects = \["(?:{projects})"\])', r"jira-dc\1", text)
        linked = re.sub(rf"jira-main:issue/({issues})", r"jira-dc:issue/\1", scoped)
        moved[name] = re.sub(
            rf'tracker = "jira-main"(, jql = "project = (?:{projects}) )', r'tracker = "jira-dc"\1', linked
        )
    tracker = _TRACKER.format(url=url, variable=VARIABLE)
    if keys == _SMALL[0]:
        moved["config.toml"] = _CLOUD.sub("", moved["config.toml"])  # nobody would read from it
    moved["config.toml"] = moved["config.toml"].replace("[trackers.linear-main]", f"{tracker}[trackers.linear-main]", 1)
    return moved
