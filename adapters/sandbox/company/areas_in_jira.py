"""The words of the teams on Jira."""

from adapters.sandbox.company.areas import Area, TeamWork

PAYMENTS = TeamWork(
    key="PAY",
    per_sprint=10,
    backlog=12,
    areas=(
        Area(
            under="Second card provider",
            tag="PAY-O1-KR1",
            place="epic",
            weight=4,
            verbs=("Retry", "Replay", "Alert on", "Trace", "Reconcile", "Test"),
            objects=(
                "declined authorisations across providers",
                "captures that time out",
                "3-D Secure challenges at the second provider",
                "webhooks that arrive twice",
                "settlement files that come late",
                "card tokens stored with one provider only",
                "partial captures of split orders",
            ),
        ),
        Area(
            tag="PAY-O1-KR2",
            weight=3,
            verbs=(
                "Load-test",
                "Write the runbook for",
                "Add a circuit breaker to",
                "Give its own queue to",
                "Page on",
            ),
            objects=(
                "the capture worker",
                "the payout job",
                "the fraud check",
                "the webhook receiver",
                "the ledger writer",
                "the exchange rate feed",
            ),
        ),
        Area(
            weight=2,
            type="Bug",
            verbs=("Wrong total in", "Double entry in", "Blank page after", "Currency missing in", "Timeout in"),
            objects=("the refund mail", "the payout list", "the basket", "the monthly statement", "the voucher page"),
        ),
        Area(
            under="Checkout in two seconds",
            tag="PAY-O1-KR3",
            place="epic",
            weight=3,
            verbs=("Shrink", "Cache", "Defer", "Preload", "Measure", "Split"),
            objects=(
                "the address form",
                "the card form's script",
                "the price summary",
                "the delivery options",
                "the voucher check",
                "the login step",
            ),
        ),
        Area(
            component="Refunds",
            weight=1,
            verbs=("Send", "Book", "Show"),
            objects=(
                "refunds of split orders",
                "refunds to expired cards",
                "instant refunds",
                "refunds in instalments",
            ),
        ),
        Area(
            weight=3,
            type="Task",
            verbs=("Upgrade", "Rework", "Try another library for", "Tidy up"),
            objects=(
                "the invoice templates",
                "the admin search",
                "the partner portal's login",
                "the tax report",
                "the shop's style guide",
                "the test data of the staging shop",
            ),
        ),
    ),
)

MOBILE = TeamWork(
    key="MOB",
    per_sprint=7,
    backlog=7,
    unestimated=12,
    areas=(
        Area(
            under="Checkout on slow phones",
            tag="PAY-O1-KR3",
            place="epic",
            weight=4,
            verbs=("Measure", "Lazy-load", "Trim", "Speed up", "Prefetch"),
            objects=(
                "the basket screen",
                "the payment sheet",
                "the saved cards",
                "product pictures",
                "the delivery map",
                "the order confirmation",
            ),
        ),
        Area(
            under="Basket without a network",
            weight=3,
            verbs=("Keep", "Merge", "Encrypt", "Restore"),
            objects=(
                "the basket offline",
                "voucher codes across devices",
                "half-typed addresses",
                "the wish list after a sign-out",
                "drafts of returns",
            ),
        ),
        Area(
            tag="PAY-O1-KR2",
            weight=1,
            verbs=("Report", "Recover from", "Rate-limit"),
            objects=("crashes in the payment sheet", "failed wallet hand-overs", "stuck push confirmations"),
        ),
        Area(
            weight=2,
            type="Bug",
            verbs=("Crash when opening", "Layout breaks in", "Wrong language in", "Endless spinner in"),
            objects=("the scanner", "landscape mode", "the order history", "dark mode", "the store finder"),
        ),
        Area(
            weight=1,
            type="Task",
            verbs=("Prepare", "Translate", "Renew"),
            objects=("the store listing", "push certificates", "screenshots for reviewers", "the privacy labels"),
        ),
    ),
)

PLATFORM = TeamWork(
    key="PLT",
    per_sprint=7,
    backlog=6,
    unestimated=35,
    areas=(
        Area(
            under="Ten-minute deploys",
            tag="PLT-O1-KR1",
            place="epic",
            weight=3,
            verbs=("Cache", "Run in parallel", "Skip when unchanged:", "Time", "Cut in half"),
            objects=(
                "the browser tests",
                "image builds",
                "database migrations in the pipeline",
                "the smoke tests",
                "artefact uploads",
                "the canary's waiting time",
            ),
        ),
        Area(
            weight=3,
            type="Task",
            labels=("upkeep",),
            verbs=("Patch", "Renew", "Rotate", "Resize"),
            objects=(
                "the database replicas",
                "the ingress certificates",
                "the build agents",
                "the message brokers",
                "the log store",
                "service credentials",
            ),
        ),
        Area(
            weight=2,
            type="Task",
            component="On-call",
            verbs=("Follow up", "Write the review of", "Silence for good"),
            objects=(
                "the disk alert of the log store",
                "Sunday's DNS outage",
                "the flapping health check",
                "lost spans",
            ),
        ),
        Area(
            weight=1,
            type="Bug",
            verbs=("Flaky:", "Out of memory in", "Wrong exit code of"),
            objects=("the nightly backup", "the preview environments", "the secrets sync", "the cost report"),
        ),
        Area(
            weight=1,
            verbs=("Evaluate", "Prototype", "Document"),
            objects=("a service catalogue", "arm64 build agents", "the new ingress controller", "per-team budgets"),
        ),
    ),
)

SUPPORT = TeamWork(
    key="SUP",
    per_sprint=8,
    backlog=10,
    unestimated=100,
    areas=(
        Area(
            tag="PAY-O1-KR4",
            weight=4,
            verbs=("Show", "Automate", "Check", "Explain to agents", "Shorten"),
            objects=(
                "the refund's way through the bank",
                "approvals of small refunds",
                "refunds older than a day",
                "the reason codes of refunds",
                "bulk refunds after an outage",
                "refund limits per agent",
                "refunds to closed accounts",
                "who approved a refund",
            ),
        ),
        Area(
            weight=2,
            type="Bug",
            verbs=("Macro fails in", "Wrong customer shown in", "Attachment lost in", "Search finds nothing in"),
            objects=(
                "the ticket view",
                "merged tickets",
                "the chat widget",
                "the mobile inbox",
                "archived tickets",
                "call notes",
            ),
        ),
        Area(
            weight=2,
            type="Task",
            verbs=("Add", "Import", "Clean up"),
            objects=(
                "canned answers in Italian",
                "the holiday rota",
                "tags of old tickets",
                "the contact reasons",
                "shift hand-overs",
                "the escalation list",
            ),
        ),
    ),
)
