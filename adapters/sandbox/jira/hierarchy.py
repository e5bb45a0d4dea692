"""What stands above an issue on Data Center, where it hangs in three fields: parent, Epic Link and Parent Link.

The site keeps one key above each issue, as Cloud does; these tell in which field Data Center shows it.
"""

from adapters.sandbox.jira.site import Issue, Site


def subtask_parent(site: Site, issue: Issue) -> str | None:
    """The key in `parent`, which only sub-tasks have."""
    return issue.parent if issue.level < 0 else None


def epic_link(site: Site, issue: Issue) -> str | None:
    """The key in Epic Link of a story, task or bug; also of an epic that is not visible, whose key Jira tells."""
    if issue.level != 0 or not issue.parent or _is_no_epic(site, issue.parent):
        return None
    return issue.parent


def parent_link(site: Site, issue: Issue) -> str | None:
    """The key in Parent Link (Advanced Roadmaps): what is above an epic, or above a story and is no epic."""
    if not issue.parent or issue.level < 0:
        return None
    return issue.parent if issue.level > 0 or _is_no_epic(site, issue.parent) else None


def _is_no_epic(site: Site, key: str) -> bool:
    above = site.issue(key)
    return above is not None and above.type != "Epic"
