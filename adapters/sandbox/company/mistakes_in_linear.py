"""What happens to tags and texts in Linear; see `mistakes_in_jira`."""

from adapters.sandbox.company.work import ACTIVE, BACKLOG, Work

ON_PARENT = "tag only on the parent"

GROWTH = (
    Work(title="[GRO-O1-KR2] Skip the tour for shops that move in", points=3,
         mistake="tag in the title", stage="started", sprints=ACTIVE),
    Work(title="Draft the second tips mail", labels=("okr:GRO-O1-KR3",), points=2,
         mistake="replaced key result", stage="started", sprints=(-1, 0)),
    Work(title="Show the photo tip where photos are added", labels=("okr/GRO-O1-KR4",), points=3,
         mistake="label group as a tag", stage="done", sprints=ACTIVE),
    Work(title="Ask for the trade before the sample shop", labels=("okr:GR0-O1-KR2",), points=2,
         mistake="one letter off", sprints=ACTIVE),
    Work(title="One tour for both plans", points=5,
         description="We keep two tours in step by hand today.\n\nOKR: GRO-O1-KR2, GRO-O1-KR4",
         mistake="two key results in a trailer", sprints=ACTIVE),
    Work(title="Book the stand for the spring fair", points=1, mistake="nothing at all", sprints=ACTIVE, added=True),
    Work(title="A calmer pricing page", points=5, mistake="nothing at all", stage="started", sprints=ACTIVE),
    Work(title="Broken image in the welcome mail", labels=("Bug",), points=1,
         mistake="routine by rule", stage="done", sprints=ACTIVE, in_small=False),
    Work(title="Tips for shops that sell by appointment", labels=("okr:GRO-O1-KR4",), points=5,
         mistake=ON_PARENT, stage="started", sprints=ACTIVE, in_small=False),
    Work(title="Tip: opening hours by room", parent=ON_PARENT, points=2,
         stage="done", sprints=ACTIVE, in_small=False),
    Work(title="Tip: deposits", parent=ON_PARENT, points=3, sprints=ACTIVE, in_small=False),
    Work(title="Import customers from the old shop", parent="New onboarding", points=8,
         mistake="cancelled in the sprint", stage="cancelled", sprints=ACTIVE),
    Work(title="Tour for both plans", parent="New onboarding", points=3,
         mistake="duplicate in the sprint", stage="duplicate", sprints=ACTIVE, in_small=False),
    Work(title="Name the new onboarding", labels=("okr:new",),
         mistake="work for a key result not yet written", sprints=(BACKLOG,), in_small=False),
)  # fmt: skip

DATA = (
    Work(title="Conversion by bank app, by country", labels=("okr:PAY-O1-KR5",), points=3,
         mistake="another team's retired key result", sprints=ACTIVE),
    Work(title="First-week activation by trade", labels=("okr:GRO-O1-KR1",), points=3,
         mistake="another team's key result", stage="done", sprints=ACTIVE),
    Work(title="Clean the event names nobody owns", labels=("okr:none-upkeep",), points=2,
         mistake="declared routine", sprints=ACTIVE),
    Work(title="Move the refund figures to governed tables", labels=("okr: PLT-O1-KR3",), points=3,
         mistake="space inside a tag", sprints=ACTIVE),
    Work(title="Lineage for the board report", labels=("okr:",), points=5,
         mistake="prefix and nothing else", stage="started", sprints=ACTIVE),
)  # fmt: skip
