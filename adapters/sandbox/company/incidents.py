"""The company's incidents: a project that no team plans its work in, and that key results count."""

from dataclasses import dataclass
from datetime import timedelta

from adapters.sandbox.company.work import Calendar, Work

PROJECT = "INC"
ROLLED_BACK = ("rollback",)
"""The label of those that a roll-back ended."""


@dataclass(frozen=True)
class Incident:
    """One of them, so many days before now."""

    days: int
    priority: str
    title: str
    labels: tuple[str, ...] = ()

    def work(self, calendar: Calendar) -> Work:
        """As an issue: over within a day, if that is gone."""
        began = calendar.now - timedelta(days=self.days, hours=self.days * 7 % 5)
        ended = began + timedelta(hours=3 + self.days % 19)
        is_over = ended < calendar.now
        return Work(
            title=self.title,
            type="Bug",
            stage="done" if is_over else "started",
            labels=self.labels,
            created=began,
            ended=ended if is_over else None,
        )


INCIDENTS = (
    # the quarter before: twelve of the first priority
    Incident(139, "P1", "Payments wait for minutes on the first of the month"),
    Incident(131, "P1", "Checkout is down after the certificate's end"),
    Incident(124, "P1", "Two of three card networks refuse everything"),
    Incident(118, "P1", "Orders are taken and never paid"),
    Incident(110, "P2", "The help centre answers slowly"),
    Incident(105, "P1", "Checkout shows another shop's prices", ROLLED_BACK),
    Incident(97, "P1", "Payments fail while the database moves"),
    Incident(90, "P1", "The refund queue stands still for a night"),
    Incident(83, "P1", "Wallet payments fail on new phones"),
    Incident(76, "P1", "Checkout is down: the session store is full", ROLLED_BACK),
    Incident(70, "P2", "Invoices arrive twice"),
    Incident(64, "P1", "Payments fail in one region"),
    Incident(58, "P1", "Captures are an hour late"),
    Incident(51, "P1", "Checkout answers with errors for half of all shops"),
    # this quarter
    Incident(46, "P2", "Search finds nothing in the help centre"),
    Incident(41, "P1", "Card payments fail for twenty minutes: the provider's DNS"),
    Incident(37, "P2", "Weekly mails are sent in the wrong language", ROLLED_BACK),
    Incident(33, "P1", "Checkout answers with an error in Austria"),
    Incident(27, "P2", "The dashboards are a day old"),
    Incident(20, "P1", "Refunds are sent twice", ROLLED_BACK),
    Incident(12, "P1", "Card payments fail again: the same DNS"),
    Incident(9, "P2", "Sign-in is slow in the morning"),
    Incident(5, "P1", "Checkout is down in the evening peak", ROLLED_BACK),
    Incident(0, "P2", "Attachments of support requests are missing"),
)
