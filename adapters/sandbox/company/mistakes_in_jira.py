"""What happens to the tags and texts of real teams, one by one.

`Work.mistake` names it, so that a test can say that each is there.
"""

from adapters.sandbox.company.work import ACTIVE, NEXT, Work

BIDI_OVERRIDE = "\u202e"
ESTIMATED, IN_SUB_TASKS = "estimated, with sub-tasks", "estimated in its sub-tasks"


PAYMENTS = (
    Work(title="Fail over to the second provider within a minute", labels=("okr:PAY-O1-KR11",), points=5,
         mistake="typo in a tag", stage="started", sprints=ACTIVE),
    Work(title="Alert when a provider's error rate doubles", labels=("okr:pay_o1_kr1",), points=3,
         mistake="tag with underscores", stage="done", sprints=ACTIVE),
    Work(title="Stop paging for timeouts that heal themselves", labels=("OKR:pay-o1-kr2",), points=2,
         mistake="tag in odd case", stage="review", sprints=ACTIVE),
    Work(title="Answer from the cache while the price service is down", points=8,
         labels=("okr:PAY-O1-KR2", "okr:PAY-O1-KR3", "resilience"),
         mistake="two key results on one story", stage="started", sprints=ACTIVE),
    Work(title="Card form forgets the name after a decline", type="Bug", points=2,
         labels=("okr:PAY-O1-KR1", "okr:none-bug"),
         mistake="key result and none together", stage="done", sprints=ACTIVE),
    Work(title="Translate the bank app hand-over", labels=("okr:PAY-O1-KR5",), points=3,
         mistake="retired key result", sprints=ACTIVE),
    Work(title="Warn before a basket expires", labels=("okr:CART-O1-KR2",), points=3,
         mistake="last quarter's tag", stage="started", sprints=(-3, -2, -1, 0)),
    Work(title="Sketch invoices by instant transfer", type="Task", labels=("okr:new",), points=2,
         mistake="work for a key result not yet written", sprints=NEXT, in_small=False),
    Work(title="Hand the audit log to the auditors", type="Task", labels=("okr:none-audit",), points=1,
         mistake="declared routine", stage="done", sprints=ACTIVE),
    Work(title="[PAY-O1-KR2] Practise the December incident drill", type="Task", points=3,
         mistake="tag in the title", sprints=ACTIVE),
    Work(title="Keep the second provider's contract test green", points=2,
         description="Runs every night against their test system.\n\nOKR: PAY-O1-KR1",
         mistake="tag as a trailer", stage="done", sprints=ACTIVE),
    Work(title="Switch provider by hand from the admin page", labels=("okr:provider-failover",), points=5,
         mistake="alias as a tag", sprints=ACTIVE, in_small=False),
    Work(title="Count incidents by cause on one page", field="PAY-O1-KR2", points=3,
         mistake="tag in the company's own field", stage="done", sprints=ACTIVE, in_small=False),
    Work(title="Wallets", type="Epic", labels=("okr:PAY-O1-KR7",), mistake="broken tag on an epic", stage="started"),
    Work(title="Show the wallet button only where it works", parent="Wallets", points=3,
         mistake="under an epic with a broken tag", stage="started", sprints=ACTIVE),
    Work(title="Remember the last wallet used", parent="Wallets", points=2, sprints=NEXT, in_small=False),
    Work(title="Renew the terminal certificates", parent="SEC-1", points=2,
         mistake="parent in a project nobody may see", sprints=ACTIVE),
    Work(title="Invoices in the shop's own colours", points=5,
         mistake="nothing at all", stage="started", sprints=ACTIVE),
    Work(title="Gift messages for whole orders", points=3, mistake="nothing at all", sprints=NEXT, in_small=False),
    Work(title="Sort the payout list by bank", mistake="no tag and no estimate", stage="started", sprints=ACTIVE),
    Work(title="Basket total jumps when a voucher expires", type="Bug", points=2,
         mistake="routine by rule", stage="started", sprints=ACTIVE),
    Work(title="Escape <script>alert(1)</script> in the memo line", type="Bug", points=1,
         mistake="markup in a title", stage="review", sprints=ACTIVE),
    Work(title="=1+1 in a memo line breaks the bank's CSV", points=1,
         mistake="formula in a title", stage="done", sprints=ACTIVE),
    Work(title="Refuse `amount | currency` pairs that the ledger does not know", points=2,
         mistake="table syntax in a title", sprints=ACTIVE, in_small=False),
    Work(title=f"Show receipt names like invoice{BIDI_OVERRIDE}gnp.exe as they are", points=1,
         mistake="hidden direction mark in a title", sprints=ACTIVE, in_small=False),
    Work(title="Split settlement by provider", labels=("okr:PAY-O1-KR1",), points=5,
         mistake="cancelled in the sprint", stage="cancelled", sprints=ACTIVE, in_small=False),
    Work(title="Fail over to the second provider in a minute", points=5, mistake="duplicate in the sprint",
         comment="Same as the story above, closing.", stage="duplicate", sprints=ACTIVE, in_small=False),
    Work(title="Charge the right provider's fee to each shop", parent="Second card provider", points=8,
         mistake=ESTIMATED, stage="started", sprints=ACTIVE),
    Work(title="Read both fee tables", type="Sub-task", parent=ESTIMATED, stage="done", sprints=ACTIVE),
    Work(title="Book the difference", type="Sub-task", parent=ESTIMATED, sprints=ACTIVE),
    Work(title="Move saved cards to the second provider", parent="Second card provider",
         mistake=IN_SUB_TASKS, stage="started", sprints=ACTIVE, in_small=False),
    Work(title="Export the card tokens", type="Sub-task", parent=IN_SUB_TASKS, points=3,
         stage="done", sprints=ACTIVE, in_small=False),
    Work(title="Import the card tokens", type="Sub-task", parent=IN_SUB_TASKS, points=5,
         sprints=ACTIVE, in_small=False),
    Work(title="One ledger entry for each capture", labels=("okr:PAY-O1-KR2",), points=5,
         mistake="carried over for three months", stage="started", sprints=(-6, -5, -4, -3, -2, -1, 0), in_small=False),
)  # fmt: skip

PLATFORM = (
    Work(title="Skip the browser tests for text changes", labels=("okr:PLT-01-KR1",), points=2,
         mistake="zero for the letter O", stage="started", sprints=ACTIVE),
    Work(title="Turn off idle build agents at night", labels=("okr:PLT-O1-KR4",), points=3,
         mistake="tag of a draft", sprints=ACTIVE),
    Work(title="Roll the broker upgrade back", type="Bug", labels=("rollback",), component="On-call",
         mistake="two routine classes fit", stage="done", sprints=ACTIVE),
    Work(title="Out of memory in the image builds", type="Bug", parent="Ten-minute deploys", points=2,
         mistake="bug inside a tagged epic", stage="review", sprints=ACTIVE),
)  # fmt: skip

MOBILE = (
    Work(title="[ios] Respect the reduced motion setting", points=2,
         mistake="brackets that are no tag", sprints=ACTIVE),
    Work(title="[Android][PAY-O1-KR3] Draw the basket before the prices arrive", points=5,
         mistake="tag behind other brackets", stage="started", sprints=ACTIVE),
    Work(title="Pay with a fingerprint in the widget", labels=("okr:MOB-O1-KR1",), points=5,
         mistake="objective that never was", sprints=ACTIVE),
    Work(title="Keep vouchers when the app is killed", labels=("okr-PAY-O1-KR3",), points=3,
         parent="Basket without a network", mistake="hyphen for the colon", stage="started", sprints=ACTIVE),
    Work(title="Send the wallet's receipt to the app", labels=("okr:PAY-O1-KR3",), points=3, home="PAY",
         mistake="in another team's sprint", sprints=ACTIVE),
    Work(title="Explain why the camera is needed", points=1, previous_key="PAY-9001",
         mistake="moved from another project", stage="done", sprints=(-1, 0)),
)  # fmt: skip

SUPPORT = (
    Work(title="Refund a whole outage with one click", labels=("okr:PAY-O1-KR4", "okr:PAY-O1-KR1"),
         mistake="two teams' key results on one issue", stage="started"),
    Work(title="Show a refund's state in the chat", labels=("okr:PAY-O1-KR04",),
         mistake="leading zero in a tag", stage="started"),
)  # fmt: skip
