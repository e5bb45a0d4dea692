"""Writes: one issue's fields, labels and properties in one PUT, single properties, comments. All or nothing."""

import json
from collections.abc import Callable
from typing import Any

from adapters.sandbox.jira.asking import Asked, Wire, one
from adapters.sandbox.jira.errors import Refusal, bad_payload
from adapters.sandbox.jira.fields import Field
from adapters.sandbox.jira.reads import no_property, readable_comment, readable_issue
from adapters.sandbox.jira.site import Issue, Site

LONGEST_PROPERTY_KEY = 255
LONGEST_PROPERTY = 32_768
BOOLEANS = ("true", "false")

Change = Callable[[Site, Issue], object]


def edit_issue(asked: Asked) -> int:
    """PUT /rest/api/3/issue/{idOrKey}. Answers 204; nothing is applied unless everything is valid."""
    query = asked.query("notifyUsers", "returnIssue")
    _notified(asked, one(query, "notifyUsers", "true", BOOLEANS))
    one(query, "returnIssue", "false", ("false",))
    body = asked.body("fields", "update", "properties")
    issue = readable_issue(asked)
    fields, update = _objects(body.get("fields", {}), "fields"), _objects(body.get("update", {}), "update")
    both = sorted(set(fields) & set(update))
    if both:
        raise Refusal(
            400, errors={name: f"Field '{name}' cannot appear in both 'fields' and 'update'" for name in both}
        )
    errors: dict[str, str] = {}
    changes: list[Change] = []
    for name, value in fields.items():
        _collect(asked, name, [{"set": value}], changes, errors)
    for name, verbs in update.items():
        _collect(asked, name, verbs, changes, errors)
    if errors:
        raise Refusal(400, errors=errors)
    if body.get("properties"):
        _may_set_properties(asked)
    changes += [_set_property(key, value) for key, value in _properties(body.get("properties", [])).items()]
    if not changes:
        raise Refusal(400, "one of 'fields' or 'update' required")
    for change in changes:
        change(asked.site, issue)
    return 204


def _notified(asked: Asked, wish: str) -> None:
    """Cloud goes on and notifies where the caller may not be quiet; Data Center refuses. Raises Refusal (403)."""
    if wish == "false" and asked.site.is_data_center and not asked.may("ADMINISTER_PROJECTS"):
        raise Refusal(403, "To discard the user notification either admin or project admin permissions are required.")


def _may_set_properties(asked: Asked) -> None:
    if not asked.may("EDIT_ISSUES"):
        raise Refusal(403, "You do not have permission to edit this issue.")


def _objects(value: Any, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise bad_payload(f"{name} must be an object.")
    return value


def _collect(asked: Asked, name: str, verbs: Any, changes: list[Change], errors: dict[str, str]) -> None:
    field = asked.site.field(name)
    # Without the right to edit, no field is on the screen.
    if field is None or not field.on_screen or not asked.may("EDIT_ISSUES"):
        errors[name] = f"Field '{name}' cannot be set. It is not on the appropriate screen, or unknown."
        return
    if not isinstance(verbs, list) or not all(isinstance(verb, dict) and len(verb) == 1 for verb in verbs):
        errors[name] = "The operations of a field must be a list of objects with one verb each."
        return
    try:
        for operation in verbs:
            ((verb, value),) = operation.items()
            changes.append(_change(field, verb, value, asked.wire))
    except ValueError as error:
        errors[name] = str(error)


def _change(field: Field, verb: str, value: Any, wire: Wire) -> Change:
    """The change that a verb asks for. Raises ValueError with Jira's words."""
    id = field.id
    if field.kind == "labels" and verb in ("add", "remove"):
        label = _label(value)
        if verb == "add":
            return lambda site, issue: site.add_label(issue, label)
        return lambda site, issue: site.remove_label(issue, label)
    if verb != "set":
        raise ValueError(f"Field '{id}' does not support operation '{verb}'. Supported operation(s) are: set.")
    accepted = _accepted(field, value, wire)
    return lambda site, issue: site.set_field(issue, id, accepted)


def _accepted(field: Field, value: Any, wire: Wire) -> Any:
    if field.kind == "labels":
        if not isinstance(value or [], list):
            raise ValueError("data was not an array")
        return list(dict.fromkeys(_label(each) for each in value or []))
    if field.kind == "number":
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ValueError("Operation value must be a number")
        return None if value is None else float(value)
    if field.kind == "document":
        try:
            return wire.plain(wire.checked_text(value, field.id)) if value is not None else ""
        except Refusal as refusal:
            raise ValueError(refusal.errors[field.id]) from None
    if value is not None and not isinstance(value, str):
        raise ValueError("Operation value must be a string")
    if len(value or "") > 255:
        raise ValueError("The entered text is too long. It exceeds the allowed limit of 255 characters.")
    if field.id == "summary" and not (value or "").strip():
        raise ValueError("You must specify a summary of the issue.")
    if "\n" in (value or ""):
        raise ValueError("The summary is invalid because it contains newline characters.")
    return value or None


def _label(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("Operation value must be a string")
    if any(letter.isspace() for letter in value):
        raise ValueError(f"The label '{value}' contains spaces which is invalid.")
    if len(value) > 255:
        raise ValueError(f"The label '{value}' exceeds the maximum character limit of 255.")
    return value


def _properties(given: Any) -> dict[str, Any]:
    """`[{"key", "value"}]` as a dict. Raises Refusal (400) for other shapes and for keys or values too long."""
    if not isinstance(given, list) or not all(
        isinstance(each, dict) and set(each) == {"key", "value"} for each in given
    ):
        raise bad_payload("properties must be a list of objects with key and value.")
    for each in given:
        _check_property(each["key"], each["value"])
    return {each["key"]: each["value"] for each in given}


def _check_property(key: Any, value: Any) -> None:
    if not isinstance(key, str) or not 0 < len(key) <= LONGEST_PROPERTY_KEY:
        raise Refusal(400, f"The length of the property key must be between 1 and {LONGEST_PROPERTY_KEY} characters.")
    if len(json.dumps(value, ensure_ascii=False)) > LONGEST_PROPERTY:
        raise Refusal(400, f"The property value must not exceed {LONGEST_PROPERTY} characters.")


def _set_property(key: str, value: Any) -> Change:
    return lambda site, issue: site.set_property(issue, key, value)


def put_property(asked: Asked) -> int:
    """PUT /rest/api/3/issue/{idOrKey}/properties/{key}; the body is the value. 201 created, 200 updated."""
    asked.query()
    issue, value = readable_issue(asked), asked.json()
    _may_set_properties(asked)
    _check_property(asked.words[1], value)
    return 201 if asked.site.set_property(issue, asked.words[1], value) else 200


def delete_property(asked: Asked) -> int:
    """DELETE /rest/api/3/issue/{idOrKey}/properties/{key}."""
    asked.query()
    issue = readable_issue(asked)
    _may_set_properties(asked)
    if not asked.site.delete_property(issue, asked.words[1]):
        raise no_property(asked.words[1])
    return 204


def add_comment(asked: Asked) -> dict[str, Any]:
    """POST /rest/api/3/issue/{idOrKey}/comment. Jira has no key against doing it twice, nor has this."""
    asked.query()
    body = asked.body("body", "properties")
    issue = readable_issue(asked)
    assert asked.account is not None  # noqa: S101 - the route lets no anonymous caller in
    if not asked.may("ADD_COMMENTS"):
        raise Refusal(400, errors={"comment": "You do not have the permission to comment on this issue."})
    if len(issue.comments) >= asked.site.comment_cap:
        raise Refusal(413, f"The issue has reached its limit of {asked.site.comment_cap} comments.")
    document = asked.wire.checked_text(body.get("body"), "comment")
    comment = asked.site.add_comment(issue, asked.account.account_id, document, _properties(body.get("properties", [])))
    return asked.wire.comment_json(asked.site, issue, comment, asked.zone)


def edit_comment(asked: Asked) -> dict[str, Any]:
    """PUT /rest/api/3/issue/{idOrKey}/comment/{id}; only one's own."""
    # Data Center has no quiet edit of a comment.
    query = asked.query() if asked.site.is_data_center else asked.query("notifyUsers")
    one(query, "notifyUsers", "true", BOOLEANS)
    body = asked.body("body", "properties")
    issue, comment = readable_comment(asked)
    assert asked.account is not None  # noqa: S101 - the route lets no anonymous caller in
    if comment.author != asked.account.account_id or not asked.may("EDIT_OWN_COMMENTS"):
        raise Refusal(400, f"You do not have permission to edit comment with id: '{comment.id}'.")
    document = asked.wire.checked_text(body.get("body"), "comment")
    asked.site.edit_comment(issue, comment, document, _properties(body.get("properties", [])))
    return asked.wire.comment_json(asked.site, issue, comment, asked.zone)


def delete_comment(asked: Asked) -> int:
    """DELETE /rest/api/3/issue/{idOrKey}/comment/{id}; only one's own."""
    asked.query()
    issue, comment = readable_comment(asked)
    assert asked.account is not None  # noqa: S101 - the route lets no anonymous caller in
    if comment.author != asked.account.account_id or not asked.may("DELETE_OWN_COMMENTS"):
        raise Refusal(400, f"You do not have permission to delete comment with id: '{comment.id}'.")
    asked.site.delete_comment(issue, comment)
    return 204
