"""The words of the teams on Linear."""

from adapters.sandbox.company.areas import Area, TeamWork

GROWTH = TeamWork(
    key="GRO",
    per_sprint=8,
    backlog=7,
    areas=(
        Area(
            under="New onboarding",
            place="project",
            weight=4,
            verbs=("Design", "Build", "Translate", "Test with five shops:", "Measure"),
            objects=(
                "the first-sale checklist",
                "the import from a spreadsheet",
                "the sample shop",
                "the domain step",
                "the tax questions",
                "the welcome tour",
            ),
        ),
        Area(
            tag="GRO-O1-KR4",
            weight=3,
            verbs=("Write", "Place", "Stop repeating", "Rank"),
            objects=(
                "the tip on shipping zones",
                "the tip on product photos",
                "the tip on abandoned baskets",
                "the tip on opening hours",
                "tips for shops without a sale",
            ),
        ),
        Area(
            tag="GRO-O1-KR1",
            weight=2,
            over=True,
            verbs=("Experiment:", "Roll out:"),
            objects=(
                "shorter sign-up form",
                "a call on day two",
                "free templates by trade",
                "progress bar in the set-up",
                "a reminder after three quiet days",
                "prices shown before sign-up",
            ),
        ),
        Area(
            weight=1,
            type="Bug",
            labels=("Bug",),
            verbs=("Broken link in", "Wrong price in", "Form loses input in"),
            objects=("the welcome mail", "the plan comparison", "the referral page", "the sign-up form"),
        ),
        Area(
            weight=2,
            verbs=("Refresh", "Prepare", "Compare"),
            objects=("the landing page for florists", "the trade fair demo", "two chat vendors", "the partner badge"),
        ),
    ),
)

DATA = TeamWork(
    key="DAT",
    per_sprint=7,
    backlog=6,
    unestimated=28,
    areas=(
        Area(
            under="Governed tables",
            place="project",
            weight=4,
            verbs=("Model", "Backfill", "Document", "Move to governed tables:", "Test"),
            objects=(
                "orders by country",
                "refund reasons",
                "weekly active shops",
                "marketing spend",
                "support contacts per order",
                "delivery delays",
            ),
        ),
        Area(
            tag="PLT-O1-KR3",
            weight=1,
            verbs=("Retire", "Redirect"),
            objects=("the finance dashboard's own query", "the old sales cube", "the spreadsheet of the board report"),
        ),
        Area(
            weight=2,
            labels=("Data request",),
            verbs=("Extract", "Explain", "Correct"),
            objects=("churn by trade", "the August dip", "basket sizes for the auditors", "the newsletter's reach"),
        ),
        Area(
            weight=1,
            labels=("Bug",),
            type="Bug",
            verbs=("Late:", "Duplicates in", "Nulls in"),
            objects=("the nightly load", "the shop dimension", "the currency table", "the events of the mobile app"),
        ),
        Area(
            weight=1,
            verbs=("Try", "Benchmark"),
            objects=("a semantic layer", "cheaper warehouse slots", "streaming ingestion", "notebook scheduling"),
        ),
    ),
)
