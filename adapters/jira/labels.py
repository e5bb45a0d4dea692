"""Tag labels on key results' own issues, so that Jira suggests them: its labels are free text."""

from collections.abc import Sequence

from adapters.errors import RejectedWrite
from adapters.jira.client import Client
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.wire import Row
from adapters.jira.writing import QUIETLY
from mappings.labels import LabelChange
from mappings.targets import Outcome, Target


def read_issue_labels(fetching: Fetching, targets: Sequence[Target]) -> dict[Target, tuple[str, ...]]:
    """See adapters.labelling.SeedsLabels."""
    rows = _read(fetching, [target.id for target in targets])
    by_key = {row.key.casefold(): row for row in rows}
    found: dict[Target, tuple[str, ...]] = {}
    for target in targets:
        # A moved issue answers under its new key: asked alone, the answer is its.
        row = by_key.get(target.id.casefold()) or next(iter(_read(fetching, [target.id])), None)
        if row is not None:
            found[target] = tuple(row.fields.labels or ())
    return found


def seed_label(client: Client, fetching: Fetching, change: LabelChange) -> Outcome:
    """See adapters.labelling.SeedsLabels. The verb `add`: a list in `fields` would replace what is there."""
    row = next(iter(_read(fetching, [change.issue])), None)
    if row is None:
        return Outcome(status="left-alone", reason="is gone, or no longer visible")
    if change.label in (row.fields.labels or ()):
        return Outcome(status="unchanged")
    body = {"update": {"labels": [{"add": change.label}]}}
    try:
        client.call("PUT", f"{client.api}/issue/{row.id}", params=QUIETLY, body=body)
    except RejectedWrite as error:
        if "screen" not in str(error):
            raise
        raise RejectedWrite(f"{error} Put Labels on the issue's edit screen.", tracker=client.name) from None
    # without the right to edit quietly Jira may answer success and ignore the edit
    if not any(change.label in (kept.fields.labels or ()) for kept in _read(fetching, [change.issue])):
        raise RejectedWrite(
            f"Jira answered that it labelled {change.issue} and did not: the token's account has to administer the "
            "project, or Jira, to edit without notifying everybody",
            tracker=client.name,
        )
    return Outcome(status="changed")


def _read(fetching: Fetching, keys: Sequence[str]) -> list[Row]:
    wanted = Wanted(fields=["labels"], convert=lambda row: row)
    return list(fetching.by_id(list(dict.fromkeys(keys)), wanted).values()) if keys else []
