"""Reading OKRs that live in Linear: the pages of initiatives and projects, and check-ins in comments."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo

from adapters.declaring import Declared
from adapters.linear import documents, okr_documents
from adapters.linear.client import Client
from adapters.linear.okr_settings import OkrSettings
from adapters.linear.okr_wire import WirePage, WireRemark
from adapters.linear.okrs import Pages, declare, objectives_among
from adapters.linear.wire import WireMembership
from mappings.checkins import checkins_in
from mappings.okrs import Checkin, Period
from mappings.targets import Target

TARGETS_A_WALK = 100
"""So many targets are named in one filter."""


def read_okrs(client: Client, okrs: OkrSettings, periods: Sequence[Period], zone: tzinfo) -> Declared:
    """See adapters.declaring.DeclaresOkrs.read_okrs. Of projects only those of the chosen initiatives are read."""
    there = [row for page in client.walk(okr_documents.INITIATIVE_PAGES, WirePage) for row in page if not row.trashed]
    there.sort(key=lambda row: (row.sort_order, row.created_at, row.id))
    chosen, misfits = objectives_among(there, okrs)
    if misfits:
        return Declared(misfits=tuple(misfits))
    ids = [row.id for row in chosen]
    wanted = {"filter": {"initiatives": {"some": {"id": {"in": ids}}}}}
    projects = [row for page in client.walk(okr_documents.PROJECT_PAGES, WirePage, wanted) for row in page]
    members: dict[str, list[str]] = {}
    for page in client.walk(documents.MEMBERSHIPS, WireMembership):
        for edge in page:
            members.setdefault(edge.project.id, []).append(edge.initiative.id)
    return declare(client.name, okrs, Pages(chosen, projects, members), periods, zone)


def read_checkins(client: Client, targets: Sequence[Target], zone: tzinfo) -> dict[Target, tuple[Checkin, ...]]:
    """See adapters.declaring.DeclaresOkrs.read_checkins. A project's are those on it and on its updates, whoever
    posted the update; so with an initiative's. Our own comments hold none (`marks.comment_body`).
    """
    found: dict[Target, list[Checkin]] = {target: [] for target in targets}
    for start in range(0, len(targets), TARGETS_A_WALK):
        some = targets[start : start + TARGETS_A_WALK]
        named = {(target.kind, target.id.casefold()): target for target in some}
        places = [place for target in some for place in _places(target)]
        wanted = {"filter": {"body": {"containsIgnoreCase": "okr"}, "or": places}}
        remarks = [row for page in client.walk(okr_documents.COMMENTS, WireRemark, wanted) for row in page]
        for remark in sorted(remarks, key=lambda row: (row.created_at, row.id)):
            on = remark.created_at.astimezone(zone).date()
            for target in {named[name] for name in _names(remark) if name in named}:
                found[target] += checkins_in(remark.body, on)
    return {target: tuple(checkins) for target, checkins in found.items()}


def _places(target: Target) -> Iterator[Mapping[str, object]]:
    """Where a check-in for this target may stand, as filters. Only issues are found by their key as well."""
    if target.kind == "issue":
        yield {"issue": {"id": {"eq": target.id}}}
        return
    key = "id" if target.id.count("-") == 4 else "slugId"
    holder = {target.kind: {key: {"eq": target.id}}}
    yield holder
    yield {f"{target.kind}Update": holder}


def _names(remark: WireRemark) -> Iterator[tuple[str, str]]:
    """(kind, id or key or slug) of what the comment stands on."""
    if remark.issue:
        yield from (("issue", remark.issue.id), ("issue", remark.issue.identifier.casefold()))
    project = remark.project or (remark.project_update.project if remark.project_update else None)
    if project:
        yield from (("project", project.id), ("project", project.slug_id))
    initiative = remark.initiative or (remark.initiative_update.initiative if remark.initiative_update else None)
    if initiative:
        yield from (("initiative", initiative.id), ("initiative", initiative.slug_id))
