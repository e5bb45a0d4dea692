"""The report's lists as CSV files for a spreadsheet: numbers as numbers, unknown as an empty cell."""

from syncer.report.cells import csv_text
from syncer.report.schema import Report

WORK = tuple(
    "tracker key title url sprint team points class key_results because entered looks_like".split()  # noqa: SIM905
)
KEY_RESULTS = tuple(
    "id title objective team period owner commitment status measure start target current score health elapsed "  # noqa: SIM905
    "delivery done total unit linked_issues mismatch heard confidence written_to written".split()
)


def work_csv(report: Report) -> str:
    """One line an issue of a sprint. `key_results` are ids with a space between them; shares are in report.json."""
    return csv_text(
        WORK,
        (
            (
                work.tracker,
                work.key,
                work.title,
                work.url,
                work.sprint,
                work.team,
                work.points,
                work.class_,
                " ".join(link.id for link in work.key_results),
                work.because,
                work.entered,
                work.suggestions[0].tag if work.suggestions else None,
            )
            for work in report.work
        ),
    )


def key_results_csv(report: Report) -> str:
    """One line a key result; scores and shares 0 to 1."""
    return csv_text(
        KEY_RESULTS,
        (
            (
                kr.id,
                kr.title,
                kr.objective,
                kr.team,
                kr.period,
                kr.owner,
                kr.commitment,
                kr.status,
                kr.measure.kind,
                kr.measure.start,
                kr.measure.target,
                kr.measure.current,
                kr.score,
                kr.health,
                kr.elapsed,
                kr.delivery.share,
                kr.delivery.done,
                kr.delivery.total,
                kr.delivery.unit,
                kr.links,
                kr.mismatch_reason,
                None if kr.heard is None else kr.heard.isoformat(),
                kr.confidence,
                kr.write.to,
                kr.write.status,
            )
            for kr in report.key_results
        ),
    )
