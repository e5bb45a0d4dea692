"""Remote links of an issue: at most one of each global id, replaced as a whole."""

from typing import Any

from adapters.sandbox.jira.asking import Asked, one
from adapters.sandbox.jira.errors import Refusal, bad_payload
from adapters.sandbox.jira.reads import readable_issue
from adapters.sandbox.jira.site import Issue, RemoteLink

LONGEST_GLOBAL_ID = 255
_OBJECT = frozenset({"url", "title", "summary", "icon", "status"})


def remote_links(asked: Asked) -> Any:
    """GET issue/{idOrKey}/remotelink: all of them, or the one of `globalId`."""
    query = asked.query("globalId")
    issue = readable_issue(asked)
    if "globalId" not in query:
        return [_link_json(asked, issue, link) for link in issue.remote_links]
    wanted = one(query, "globalId", "")
    found = next((link for link in issue.remote_links if link.global_id == wanted), None)
    if found is None:
        raise Refusal(404, f"Could not find a remote link with the global id '{wanted}' on the issue.")
    return _link_json(asked, issue, found)


def put_remote_link(asked: Asked) -> tuple[int, dict[str, Any]]:
    """POST issue/{idOrKey}/remotelink: 201 created, 200 updated; what an update leaves out becomes null."""
    asked.query()
    body = asked.body("globalId", "application", "relationship", "object")
    issue = readable_issue(asked)
    if not asked.may("LINK_ISSUES"):
        raise Refusal(403, "You do not have permission to link issues in this project.")
    global_id, target = body.get("globalId"), body.get("object")
    if global_id is not None and (not isinstance(global_id, str) or not 0 < len(global_id) <= LONGEST_GLOBAL_ID):
        raise Refusal(400, errors={"globalId": f"globalId must be 1 to {LONGEST_GLOBAL_ID} characters long."})
    if not isinstance(target, dict) or set(target) - _OBJECT:
        raise bad_payload(f"object must be an object of {', '.join(sorted(_OBJECT))}.")
    missing = [name for name in ("title", "url") if not isinstance(target.get(name), str) or not target[name]]
    if missing:
        raise Refusal(400, errors={name: f"'{name}' is required." for name in missing})
    link, new = asked.site.put_remote_link(issue, global_id, body)
    return 201 if new else 200, {"id": link.id, "self": _address(asked, issue, link)}


def delete_remote_link(asked: Asked) -> int:
    """DELETE issue/{idOrKey}/remotelink?globalId=...: 204, or 404 without such a link."""
    query = asked.query("globalId")
    issue = readable_issue(asked)
    if not asked.may("LINK_ISSUES"):
        raise Refusal(403, "You do not have permission to link issues in this project.")
    wanted = one(query, "globalId", "")
    if not asked.site.delete_remote_link(issue, wanted):
        raise Refusal(404, f"Could not find a remote link with the global id '{wanted}' on the issue.")
    return 204


def _address(asked: Asked, issue: Issue, link: RemoteLink) -> str:
    return f"{asked.wire.API}/issue/{issue.id}/remotelink/{link.id}"


def _link_json(asked: Asked, issue: Issue, link: RemoteLink) -> dict[str, Any]:
    return {"id": link.id, "self": _address(asked, issue, link), **link.value}
