"""The report's CSV files."""

import csv
import io

from support.report_documents import NO_WORK, a_key_result, a_report, a_rich_report, some_suggestion, some_work

from syncer.report.schema import WorkLink
from syncer.report.tables import key_results_csv, work_csv


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_row_of_the_report_is_a_line_of_its_table() -> None:
    report = a_rich_report()

    assert [row["key"] for row in read(work_csv(report))] == [work.key for work in report.work]
    assert [row["id"] for row in read(key_results_csv(report))] == [kr.id for kr in report.key_results]


def test_a_line_of_work_says_what_it_supports_or_looks_like() -> None:
    links = (WorkLink(id="PAY-O1-KR1", share=0.5, rule="tag:label"), WorkLink(id="CO-KR2", share=0.5, rule="tag:label"))
    tied = some_work("PAY-1", **{"class": "aligned"}, key_results=links)
    loose = some_work("PAY-2", suggestions=(some_suggestion(),), points=None)

    one, other = read(work_csv(a_report(work=(tied, loose))))

    assert (one["key_results"], one["looks_like"], one["points"]) == ("PAY-O1-KR1 CO-KR2", "", "3.0")
    assert (other["key_results"], other["looks_like"], other["points"]) == ("", "okr:PAY-O1-KR1", "")


def test_unknown_is_an_empty_cell_and_zero_is_zero() -> None:
    unknown = a_key_result(score=None, delivery=NO_WORK)

    rows = read(key_results_csv(a_report(key_results=(unknown, a_key_result("X-KR1", score=0)))))

    assert (rows[0]["score"], rows[0]["delivery"]) == ("", "")
    assert rows[1]["score"] == "0.0"


def test_a_title_is_never_a_formula() -> None:
    text = work_csv(a_report(work=(some_work(title='=HYPERLINK("http://evil.example")'),)))

    assert read(text)[0]["title"] == '\'=HYPERLINK("http://evil.example")'
