"""What a caller asks about itself and the site before it works: rights, projects, editable fields, its own JQL."""

from typing import Any

from adapters.sandbox.jira.asking import Asked, number, one, page, split, texts
from adapters.sandbox.jira.errors import Refusal
from adapters.sandbox.jira.fields import Field
from adapters.sandbox.jira.jql import parse
from adapters.sandbox.jira.jql_meaning import compile_query
from adapters.sandbox.jira.reads import readable_issue
from adapters.sandbox.jira.site import Project

# Key: id, name, type. Jira has some forty; these are the ones that reading and writing progress ask for.
PERMISSIONS = {
    "ADMINISTER": ("0", "Administer Jira", "GLOBAL"),
    "BULK_CHANGE": ("33", "Make bulk changes", "GLOBAL"),
    "BROWSE_PROJECTS": ("10", "Browse Projects", "PROJECT"),
    "CREATE_ISSUES": ("11", "Create Issues", "PROJECT"),
    "EDIT_ISSUES": ("12", "Edit Issues", "PROJECT"),
    "ADD_COMMENTS": ("15", "Add Comments", "PROJECT"),
    "LINK_ISSUES": ("21", "Link Issues", "PROJECT"),
    "ADMINISTER_PROJECTS": ("23", "Administer Projects", "PROJECT"),
    "EDIT_OWN_COMMENTS": ("35", "Edit Own Comments", "PROJECT"),
    "DELETE_OWN_COMMENTS": ("37", "Delete Own Comments", "PROJECT"),
}
MOST_PROJECTS = 50


def tenant_info(asked: Asked) -> dict[str, Any]:
    """GET /_edge/tenant_info, which answers anybody."""
    asked.query()
    return {"cloudId": asked.site.cloud_id}


def my_permissions(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/{2,3}/mypermissions: Cloud wants them named, Data Center answers all."""
    wanted = list(PERMISSIONS)
    if asked.site.is_data_center:
        query = asked.query("projectKey", "issueKey")
    else:
        query = asked.query("projectKey", "issueKey", "permissions")
        wanted = split(query.get("permissions", []))
        if not wanted:
            raise Refusal(400, "The 'permissions' query parameter is required.")
    unknown = [key for key in wanted if key not in PERMISSIONS]
    if unknown:
        raise Refusal(400, f"Unrecognized permission: {', '.join(unknown)}.")
    if "projectKey" in query:
        _project(asked, one(query, "projectKey", ""))
    if "issueKey" in query:
        readable_issue(asked, one(query, "issueKey", ""))
    return {"permissions": {key: _permission(asked, key) for key in wanted}}


def _permission(asked: Asked, key: str) -> dict[str, Any]:
    id, name, kind = PERMISSIONS[key]
    return {"id": id, "key": key, "name": name, "type": kind, "description": name, "havePermission": asked.may(key)}


def search_projects(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/3/project/search, by key."""
    query = asked.query("startAt", "maxResults", "keys", "orderBy")
    one(query, "orderBy", "key", ("key",))
    start, most = page(query, usual=MOST_PROJECTS, most=MOST_PROJECTS)
    keys = {key.upper() for key in split(query.get("keys", []))}
    found = [project for project in _visible(asked) if not keys or project.key in keys]
    return {
        "self": f"{asked.wire.API}/project/search",
        "startAt": start,
        "maxResults": most,
        "total": len(found),
        "isLast": start + most >= len(found),
        "values": [_project_json(asked, each) for each in found[start : start + most]],
    }


def all_projects(asked: Asked) -> list[dict[str, Any]]:
    """GET /rest/api/2/project of Data Center: all of them at once."""
    asked.query()
    return [_project_json(asked, each) for each in _visible(asked)]


def project(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/{2,3}/project/{idOrKey}, by an old key too."""
    asked.query()
    return _project_json(asked, _project(asked, asked.words[0]))


def _visible(asked: Asked) -> list[Project]:
    return sorted(asked.site.projects, key=lambda project: project.key) if asked.sees else []


def _project(asked: Asked, word: str) -> Project:
    found = asked.site.project(word) if asked.sees else None
    if found is None:
        raise Refusal(404, f"No project could be found with key '{word}'.")
    return found


def _project_json(asked: Asked, project: Project) -> dict[str, Any]:
    common = {
        "id": project.id,
        "key": project.key,
        "name": project.name,
        "self": f"{asked.wire.API}/project/{project.id}",
        "projectTypeKey": "software",
    }
    return common if asked.site.is_data_center else common | {"simplified": False, "style": "classic"}


def edit_meta(asked: Asked) -> dict[str, Any]:
    """GET /rest/api/{2,3}/issue/{idOrKey}/editmeta: the fields on the edit screen; none without the right to edit."""
    asked.query()
    readable_issue(asked)
    shown = asked.site.fields if asked.may("EDIT_ISSUES") else []
    return {"fields": {field.id: _editable(asked, field) for field in shown if field.on_screen}}


def _editable(asked: Asked, field: Field) -> dict[str, Any]:
    return {
        "required": field.id == "summary",
        "schema": field.to_json()["schema"],
        "name": field.name,
        "fieldId" if asked.site.is_data_center else "key": field.id,
        "operations": ["add", "set", "remove"] if field.kind == "labels" else ["set"],
    }


def parse_jql(asked: Asked) -> dict[str, Any]:
    """POST /rest/api/3/jql/parse: errors by query. The syntax tree, which Jira adds, is left out."""
    query = asked.query("validation")
    validation = one(query, "validation", "strict", ("strict", "warn", "none"))
    queries = texts(asked.body("queries").get("queries"), "queries", most=100)
    number(len(queries), "queries", least=1, most=100)
    return {"queries": [_parsed(asked, each, validation) for each in queries]}


def _parsed(asked: Asked, jql: str, validation: str) -> dict[str, Any]:
    try:
        parse(jql)
    except Refusal as refusal:
        return {"query": jql, "errors": refusal.messages}
    if validation != "none":
        try:
            compile_query(asked.site, jql, asked.zone, bounded=False)
        except Refusal as refusal:
            return {"query": jql, "errors" if validation == "strict" else "warnings": refusal.messages}
    return {"query": jql}
