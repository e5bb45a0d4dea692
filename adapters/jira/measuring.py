"""Numbers asked of Jira: how many issues a query finds, or a number field of theirs added up.

Cloud's approximate-count is what its name says, so ids are walked there, 5,000 a request; Data Center's search tells
the exact total. Days are filled in as JQL has them: Jira reads them in the account's own time zone.
"""

from adapters.errors import Unreadable
from adapters.jira.client import DATA_CENTER_API, Client
from adapters.jira.fetching import Fetching, Wanted
from adapters.jira.jql import with_days, wrapped
from adapters.jira.scope import refusal_of
from adapters.jira.site import Site, find_field
from adapters.jira.wire import number, offset_ids
from adapters.measuring import added_up, counted, days_of
from mappings.measures import Query, Taken
from mappings.okrs import Period


def take(client: Client, fetching: Fetching, site: Site, query: Query, period: Period) -> Taken:
    """See adapters.measuring.TakesMeasures.measure."""
    if not query.jql:
        raise Unreadable(f"{client.name} is a Jira: its measures are asked by jql", tracker=client.name)
    asked = with_days(query.jql, days_of(period))
    try:
        jql = wrapped(asked)
    except ValueError as error:
        raise Unreadable(f"the jql: {error}", tracker=client.name) from None
    is_cloud = client.api != DATA_CENTER_API
    if is_cloud and (why := refusal_of(client, asked)):
        raise Unreadable(f"{client.name} does not accept the jql: {why}", tracker=client.name)
    where = f"`{asked}` in {client.name}"
    if query.aggregate == "count":
        return counted(len(fetching.listing(jql)) if is_cloud else _total(client, jql), where)
    field = find_field(site.numbers, query.field, setting="field", kind="number field", tracker=client.name)
    wanted = Wanted(fields=(), custom=(field.id,), convert=lambda row: number(row.custom(field.id)))
    read = fetching.by_query(f"{jql} ORDER BY key ASC", wanted, expected=0)  # few: most often one page has them all
    return added_up(query, field.name, list(read.rows.values()), where)


def _total(client: Client, jql: str) -> int:
    body = {"jql": jql, "maxResults": 0, "fields": ["id"]}
    return client.fetch(offset_ids, "POST", f"{client.api}/search", body=body).total
