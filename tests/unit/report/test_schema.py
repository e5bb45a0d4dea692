"""The documents as JSON."""

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError
from support.report_documents import NO_WORK, a_key_result, a_plan, a_report, a_rich_report, some_work

from syncer.report.schema import SCHEMAS, Report, ReportPeriod, schema_text, to_json

SCHEMA_FOLDER = Path(__file__).resolve().parents[3] / "docs" / "schemas"


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_the_published_schema_is_the_one_of_the_code(name: str) -> None:
    published = (SCHEMA_FOLDER / name).read_text(encoding="utf-8")

    assert published == schema_text(name), "write docs/schemas anew from syncer.report.schema.schema_text"


@pytest.mark.parametrize(
    ("name", "text"), [("report.schema.json", to_json(a_rich_report())), ("plan.schema.json", to_json(a_plan()))]
)
def test_a_document_satisfies_its_own_schema(name: str, text: str) -> None:
    schema = json.loads(schema_text(name))
    jsonschema.Draft202012Validator.check_schema(schema)

    jsonschema.Draft202012Validator(schema).validate(json.loads(text))


def test_the_schema_refuses_a_key_that_is_not_of_the_document() -> None:
    document = json.loads(to_json(a_report())) | {"assignee": "somebody"}

    with pytest.raises(jsonschema.ValidationError, match="assignee"):
        jsonschema.validate(document, json.loads(schema_text("report.schema.json")))


def test_a_report_survives_its_json() -> None:
    report = a_rich_report()

    assert Report.model_validate_json(to_json(report)) == report


def test_the_same_report_is_the_same_text() -> None:
    first, second = to_json(a_rich_report()), to_json(a_rich_report())

    assert first == second
    assert first.endswith("}\n")
    assert list(json.loads(first))[:4] == ["version", "run", "periods", "readings"]


def test_numbers_are_numbers_and_unknown_is_null() -> None:
    report = a_report(key_results=(a_key_result(score=None, delivery=NO_WORK),), work=(some_work(points=None),))

    written = json.loads(to_json(report))

    assert written["key_results"][0]["score"] is None
    assert written["key_results"][0]["delivery"]["share"] is None
    assert written["key_results"][0]["measure"]["start"] == 12
    assert written["work"][0]["points"] is None
    assert written["work"][0]["class"] == "unaligned"


def test_shares_have_four_digits_and_scores_two() -> None:
    period = ReportPeriod(id="Q", start="2026-10-01", end="2026-12-31", elapsed=Decimal(1) / 3)  # type: ignore[arg-type]

    assert period.elapsed == 0.3333
    assert a_key_result(score=0.6666).score == 0.67


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_score_outside_0_to_1_is_refused(score: float) -> None:
    with pytest.raises(ValidationError):
        a_key_result(score=score)
