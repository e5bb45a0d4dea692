"""The documents about objectives and key results, by the rules of `adapters.linear.documents`.

Of comments only those on the pages and issues of key results are asked for, and of them only those with `okr` in them;
who wrote one is not asked.
"""

_PAGE = """
    id slugId name url content createdAt canceledAt archivedAt trashed documentContent { updatedAt }
"""

INITIATIVE_PAGES = f"""query OkrInitiativePages($first: Int!, $after: String) {{
  rows: initiatives(first: $first, after: $after, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_PAGE} sortOrder parentInitiative {{ id }} }} }} }}"""

PROJECT_PAGES = f"""query OkrProjectPages($filter: ProjectFilter!, $first: Int!, $after: String) {{
  rows: projects(filter: $filter, first: $first, after: $after, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_PAGE} }} }} }}"""

COMMENTS = """query OkrCheckins($filter: CommentFilter!, $first: Int!, $after: String) {
  rows: comments(filter: $filter, first: $first, after: $after, orderBy: createdAt) {
    pageInfo { hasNextPage endCursor }
    nodes { id body createdAt issue { id identifier } project { id slugId } initiative { id slugId }
      projectUpdate { project { id slugId } } initiativeUpdate { initiative { id slugId } } } } }"""
