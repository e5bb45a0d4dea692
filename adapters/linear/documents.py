"""Every GraphQL document this adapter sends: only the fields used, a page of 250 under 3,000 complexity points.

The cost rule is Linear's: 0.1 a scalar, 1 an object, a connection times its page argument; above 10,000 a query is
refused (linear.app/developers/rate-limiting). Assignees, creators of issues and other people's texts are not asked for.
"""

PAGE = 250
"""The most rows that Linear answers in one page."""

# for people who ask whether it works
WHO = "query OkrWho { viewer { id name app guest } organization { id name createdIssueCount } }"

VIEWER = "query OkrViewer { viewer { id } organization { id } }"

_ISSUE_FIELDS = """
    id identifier previousIdentifiers title description url estimate priority createdAt updatedAt completedAt canceledAt
    trashed labelIds number addedToCycleAt state { type } team { key } cycle { id } parent { id } project { id }
"""

# archived closed issues are hidden by default, and they count; newest first is the only order there is
ISSUES = f"""query OkrIssuesPage($filter: IssueFilter!, $first: Int!, $after: String) {{
  rows: issues(filter: $filter, first: $first, after: $after, orderBy: updatedAt, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }}
    nodes {{ {_ISSUE_FIELDS} }} }} }}"""

# what a daily comparison needs, and what was changed in other teams
LISTING = """query OkrListing($filter: IssueFilter!, $first: Int!, $after: String) {
  rows: issues(filter: $filter, first: $first, after: $after, orderBy: updatedAt, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id updatedAt } } }"""

_TEAM_FIELDS = """
    id key name private cyclesEnabled defaultIssueEstimate issueEstimationType inheritIssueEstimation parent { id }
    issueCount(includeArchived: true)
"""
_LABEL_FIELDS = "id name archivedAt parent { id name } team { id }"

# what Linear's Jira integration attached; a link that a person pasted does not say that two issues are one
_SYNCED = """attachments(first: $first, includeArchived: true,
    filter: { sourceType: { containsIgnoreCase: "jira" } }) {
    pageInfo { hasNextPage endCursor } nodes { url issue { id } } }"""

# the small tables in few requests, each below 3,000 points; further pages, which are rare, one by one
_FIRST_SYNCED = _SYNCED.replace("$first", "200")
START = f"""query OkrStart($first: Int!) {{
  viewer {{ id }} organization {{ id }}
  teams(first: $first) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ {_TEAM_FIELDS} }} }}
  memberships: initiativeToProjects(first: $first) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ initiative {{ id }} project {{ id }} }} }}
  synced: {_FIRST_SYNCED} }}"""
SHELF = f"""query OkrShelf($first: Int!) {{
  labels: issueLabels(first: $first, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_LABEL_FIELDS} }} }}
  projects(first: $first, includeArchived: true) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ id slugId }} }}
  initiatives(first: $first, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ id slugId }} }} }}"""

# a team that was renamed still answers to its old key
TEAM = "query OkrTeam($key: String!) { team(id: $key) { id key } }"

TEAMS = f"""query OkrTeams($first: Int!, $after: String) {{
  rows: teams(first: $first, after: $after) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_TEAM_FIELDS} }} }} }}"""

LABELS = f"""query OkrLabels($first: Int!, $after: String) {{
  rows: issueLabels(first: $first, after: $after, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {_LABEL_FIELDS} }} }} }}"""

# the newest change anywhere goes with it: whatever is edited from now on is at least as new
CYCLES = """query OkrCycles($filter: CycleFilter!, $first: Int!, $after: String) {
  newest: issues(first: 1, orderBy: updatedAt, includeArchived: true) { nodes { updatedAt } }
  rows: cycles(filter: $filter, first: $first, after: $after, includeArchived: true) {
    pageInfo { hasNextPage endCursor }
    nodes { id number name startsAt endsAt isActive isPast team { key } inheritedFrom { id } } } }"""

# what a cycle left unfinished when it closed, and so handed on to the one after it
LEFT = """query OkrLeft($id: String!, $first: Int!, $after: String) {
  cycle(id: $id) { rows: uncompletedIssuesUponClose(first: $first, after: $after, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id } } } }"""

PROJECTS = """query OkrProjects($first: Int!, $after: String) {
  rows: projects(first: $first, after: $after, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id slugId } } }"""

INITIATIVES = """query OkrInitiatives($first: Int!, $after: String) {
  rows: initiatives(first: $first, after: $after, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id slugId } } }"""

SYNCED = f"query OkrSynced($first: Int!, $after: String) {{ rows: {_SYNCED} }}".replace(
    "first: $first,", "first: $first, after: $after,"
)

MEMBERSHIPS = """query OkrInitiativeProjects($first: Int!, $after: String) {
  rows: initiativeToProjects(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { initiative { id } project { id } } } }"""

ATTACHMENTS = """query OkrAttachments($url: String!, $first: Int!, $after: String) {
  rows: attachmentsForURL(url: $url, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id metadata creator { id } issue { id } } } }"""

ISSUE = """query OkrIssue($id: String!, $url: String!) {
  issue(id: $id) { id title trashed labelIds team { id }
    attachments(filter: { url: { eq: $url } }, first: 10) { nodes { id metadata creator { id } } } } }"""

COMMENT = "query OkrComment($id: String!) { comment(id: $id) { id body } }"

# who posted what in the slot is told by ids: other people's texts are not asked for
PROJECT = """query OkrProject($id: String!) {
  holder: project(id: $id) { id name health archivedAt progress
    posts: projectUpdates(first: 50, orderBy: createdAt) { nodes { id createdAt } } } }"""
INITIATIVE = """query OkrInitiative($id: String!) {
  holder: initiative(id: $id) { id name health archivedAt
    posts: initiativeUpdates(first: 50, orderBy: createdAt) { nodes { id createdAt } } } }"""

# with those that were taken down: a person who takes one down wants none in its slot
PROJECT_UPDATES = """query OkrProjectUpdates($filter: ProjectUpdateFilter!, $first: Int!, $after: String) {
  rows: projectUpdates(filter: $filter, first: $first, after: $after, orderBy: createdAt, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id body health createdAt archivedAt } } }"""
INITIATIVE_UPDATES = """query OkrInitiativeUpdates($filter: InitiativeUpdateFilter!, $first: Int!, $after: String) {
  rows: initiativeUpdates(filter: $filter, first: $first, after: $after, orderBy: createdAt, includeArchived: true) {
    pageInfo { hasNextPage endCursor } nodes { id body health createdAt archivedAt } } }"""

PROJECT_UPDATE = (
    "query OkrProjectUpdate($id: String!) { update: projectUpdate(id: $id) { id body health createdAt archivedAt } }"
)
INITIATIVE_UPDATE = """query OkrInitiativeUpdate($id: String!) {
  update: initiativeUpdate(id: $id) { id body health createdAt archivedAt } }"""

PROJECT_UPDATE_CREATE = """mutation OkrProjectUpdateCreate($input: ProjectUpdateCreateInput!) {
  update: projectUpdateCreate(input: $input) { success } }"""
INITIATIVE_UPDATE_CREATE = """mutation OkrInitiativeUpdateCreate($input: InitiativeUpdateCreateInput!) {
  update: initiativeUpdateCreate(input: $input) { success } }"""

PROJECT_UPDATE_EDIT = """mutation OkrProjectUpdateEdit($id: String!, $input: ProjectUpdateUpdateInput!) {
  update: projectUpdateUpdate(id: $id, input: $input) { success } }"""
INITIATIVE_UPDATE_EDIT = """mutation OkrInitiativeUpdateEdit($id: String!, $input: InitiativeUpdateUpdateInput!) {
  update: initiativeUpdateUpdate(id: $id, input: $input) { success } }"""

ATTACHMENT_PUT = """mutation OkrAttachmentPut($attachment: AttachmentCreateInput!) {
  ledger: attachmentCreate(input: $attachment) { success } }"""
ATTACHMENT_DELETE = """mutation OkrAttachmentDelete($attachmentId: String!) {
  ledger: attachmentDelete(id: $attachmentId) { success } }"""

COMMENT_CREATE = """mutation OkrCommentCreate($input: CommentCreateInput!) {
  comment: commentCreate(input: $input) { success } }"""
COMMENT_EDIT = """mutation OkrCommentEdit($id: String!, $input: CommentUpdateInput!) {
  comment: commentUpdate(id: $id, input: $input) { success } }"""

TAG_LABELS = """query OkrTagLabels($first: Int!, $after: String) {
  rows: issueLabels(first: $first, after: $after, includeArchived: true) {
    pageInfo { hasNextPage endCursor }
    nodes { id name description isGroup archivedAt retiredAt parent { id name } team { id } } } }"""
TAG_LABEL = """query OkrTagLabel($id: String!) {
  label: issueLabel(id: $id) { id name description isGroup archivedAt retiredAt parent { id name } team { id } } }"""
TEAM_TREE = """query OkrTeamTree($first: Int!, $after: String) {
  rows: teams(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { id key parent { id } } } }"""
CARRYING = """query OkrCarrying($filter: IssueFilter!, $first: Int!, $after: String) {
  rows: issues(filter: $filter, first: $first, after: $after) {
    pageInfo { hasNextPage endCursor } nodes { identifier labelIds } } }"""

# what a measure counts or adds up: in the order of creation, which stands still while the pages are walked
_FOUND = """query OkrFound($filter: IssueFilter!, $first: Int!, $after: String) {{
  rows: issues(filter: $filter, first: $first, after: $after, orderBy: createdAt, includeArchived: true) {{
    pageInfo {{ hasNextPage endCursor }} nodes {{ {} }} }} }}"""
FOUND = _FOUND.format("id trashed")
ESTIMATES = _FOUND.format("id trashed estimate")

LABEL_UPDATE = """mutation OkrLabelUpdate($id: String!, $input: IssueLabelUpdateInput!) {
  label: issueLabelUpdate(id: $id, input: $input) { success } }"""
LABEL_RETIRE = "mutation OkrLabelRetire($id: String!) { label: issueLabelRetire(id: $id) { success } }"
LABEL_RESTORE = "mutation OkrLabelRestore($id: String!) { label: issueLabelRestore(id: $id) { success } }"
LABEL_CREATE = """mutation OkrLabelCreate($input: IssueLabelCreateInput!) {
  label: issueLabelCreate(input: $input) { success } }"""

# label and ledger in one document, the label first: aliases run in order
LABELS_AND_ATTACHMENT_PUT = """mutation OkrFlag($id: String!, $input: IssueUpdateInput!,
    $attachment: AttachmentCreateInput!) {
  label: issueUpdate(id: $id, input: $input) { success }
  ledger: attachmentCreate(input: $attachment) { success } }"""
LABELS_AND_ATTACHMENT_DELETE = """mutation OkrUnflag($id: String!, $input: IssueUpdateInput!, $attachmentId: String!) {
  label: issueUpdate(id: $id, input: $input) { success }
  ledger: attachmentDelete(id: $attachmentId) { success } }"""
LABELS_EDIT = """mutation OkrLabelsEdit($id: String!, $input: IssueUpdateInput!) {
  label: issueUpdate(id: $id, input: $input) { success } }"""
