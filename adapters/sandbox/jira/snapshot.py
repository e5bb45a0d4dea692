"""An issue's state as canonical data, so that two histories can be compared by where they end."""

from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.sandbox.jira.records import Issue


def snapshot_of(issue: "Issue", written_comments: AbstractSet[str]) -> dict[str, Any]:
    """The issue without `updated` and without comment ids and times.

    A property value that is the id of one of `written_comments` becomes that comment's place among the issue's own.
    """
    comments = sorted(issue.comments, key=lambda comment: (comment.author, repr(comment.body)))
    places = {
        comment.id: f"<comment {place}>" for place, comment in enumerate(comments) if comment.id in written_comments
    }
    return {
        "type": issue.type,
        "summary": issue.summary,
        "description": issue.description,
        "status": issue.status.name,
        "resolution": issue.resolution.name if issue.resolution else None,
        "labels": sorted(issue.labels),
        "parent": issue.parent,
        "sprints": list(issue.sprints),
        "custom": dict(sorted(issue.custom.items())),
        "properties": _without_ids(dict(sorted(issue.properties.items())), places),
        "remote_links": sorted((link.value for link in issue.remote_links), key=repr),
        "comments": [
            {
                "author": comment.author,
                "body": comment.body,
                "properties": _without_ids(dict(sorted(comment.properties.items())), places),
            }
            for comment in comments
        ],
    }


def _without_ids(value: Any, places: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _without_ids(inner, places) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_ids(inner, places) for inner in value]
    return places.get(value, value) if isinstance(value, str) else value
