"""A check-in from the command's words to the file, on a company of files; no tracker is asked."""

import os
import re
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support.company_files import REGISTRY, changed, company_files

from adapters.errors import ConfigProblem
from adapters.registry.writing import write_checkin
from mappings.checkin_rules import doubts
from mappings.okrs import Checkin, KeyResult
from syncer.checkin import CheckedIn, NotTaken, Said, check_in
from syncer.config import load

TODAY = date(2026, 11, 18)
OTHERS = (
    REGISTRY
    + """
[[objectives.key_results]]
id = "PAY-O1-KR3"
title = "Payouts in three countries"
aliases = ["payouts"]
measure = { kind = "milestones", milestones = [{ title = "Terms signed" }, { title = "First payout" }] }
"""
)


def company(folder: Path, text: str = OTHERS) -> Path:
    return company_files(folder, pay=text)


def said(kr: str = "PAY-O1-KR2", **changes: Any) -> Said:
    return Said(**{"kr": kr, "on": TODAY} | changes)


def checking_in(config: Path, today: date = TODAY, **words: Any) -> CheckedIn:
    return check_in(*load(config), said(**words), today)


def key_result(config: Path, id: str = "PAY-O1-KR2") -> KeyResult:
    _, registry = load(config)
    return next(kr for kr in registry.key_results if kr.id == id)


def test_a_check_in_is_what_the_next_run_reads(tmp_path):
    config = company(tmp_path)

    made = checking_in(config, kr="pay.o1.kr2", value="7,5", confidence=6, note="one was a drill", still_right=True)

    assert key_result(config).checkins == (
        Checkin(on=TODAY, value=Decimal("7.5"), confidence=6, note="one was a drill", still_right=True),
    )
    assert (made.status, made.kr.id, made.replaced, made.left_to_do) == ("written", "PAY-O1-KR2", {}, ())
    lines = made.file.read_text(encoding="utf-8").splitlines()
    assert lines[made.line - 1] == "[[objectives.key_results.checkins]]"


def test_of_two_on_one_day_the_later_one_replaces_the_earlier_one_and_says_so(tmp_path):
    config = company(tmp_path)
    checking_in(config, value="7", confidence=6, note="by phone")

    made = checking_in(config, value="8", risk="freeze")

    assert key_result(config).checkins == (Checkin(on=TODAY, value=Decimal(8), risk="freeze"),)
    assert made.status == "replaced"
    assert made.replaced == {"on": TODAY, "value": 7, "confidence": 6, "note": "by phone"}


def test_a_later_word_of_the_day_takes_no_number_and_no_doubt_away(tmp_path):
    config = company(tmp_path)
    checking_in(config, value="7", still_right=False)

    checking_in(config, risk="freeze")
    kept = key_result(config).checkins
    checking_in(config, value="8")

    assert kept == (Checkin(on=TODAY, value=Decimal(7), risk="freeze", still_right=False),)
    assert key_result(config).checkins == (Checkin(on=TODAY, value=Decimal(8), still_right=False),)


def test_the_same_again_writes_nothing(tmp_path):
    config = company(tmp_path)
    first = checking_in(config, value="7")
    os.utime(first.file, (1, 1))

    again = checking_in(config, value="7.0")

    assert (again.status, again.line) == ("unchanged", first.line)
    assert first.file.stat().st_mtime == 1


def test_a_milestone_is_ticked_off_where_it_stands(tmp_path):
    config = company(tmp_path)

    made = checking_in(config, kr="payouts", done="terms signed", on=date(2026, 11, 10))

    kr = key_result(config, "PAY-O1-KR3")
    assert [each.done_on for each in kr.measure.milestones] == [date(2026, 11, 10), None]
    assert (kr.checkins, made.entry, made.milestone) == ((), {}, "Terms signed")
    assert checking_in(config, kr="payouts", done="terms signed", on=date(2026, 11, 10)).status == "unchanged"


def test_a_milestone_and_a_word_on_it_are_written_together(tmp_path):
    config = company(tmp_path)

    checking_in(config, kr="payouts", done="First payout", note="one day late")

    kr = key_result(config, "PAY-O1-KR3")
    assert (kr.measure.milestones[1].done_on, kr.checkins) == (TODAY, (Checkin(on=TODAY, note="one day late"),))


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ({}, ["there is nothing to write"]),
        ({"value": "seven"}, ['"seven" is not a number']),
        ({"value": "1,000" + ",000" * 10}, ["is not a number"]),
        ({"kr": "PAY-O1-KR4", "value": "7"}, ['there is no key result "PAY-O1-KR4"; did you mean "PAY-O1-KR']),
        ({"kr": "PAY-O1-KR1", "value": "7", "confidence": 11}, ["PAY-O1-KR1 takes no value", "0 to 10"]),
        ({"value": "7", "on": date(2026, 11, 19)}, ["2026-11-19 is still to come"]),
    ],
)
def test_what_is_refused_has_every_reason_and_leaves_the_file_alone(tmp_path, words, reasons):
    config = company(tmp_path)

    with pytest.raises(NotTaken) as refused:
        checking_in(config, **words)

    assert len(refused.value.reasons) == len(reasons)
    assert all(part in reason for part, reason in zip(reasons, refused.value.reasons, strict=True))
    assert (tmp_path / "okrs" / "pay.toml").read_text(encoding="utf-8") == OTHERS


def test_a_no_says_how_the_objective_is_changed_and_each_of_the_lines_ends_the_doubt(tmp_path):
    config = company(tmp_path)
    made = checking_in(config, value="7", still_right=False)
    ways = {line.split(":")[0].strip(): line.partition(":")[2].strip() for line in made.left_to_do[2:]}
    before = made.file.read_text(encoding="utf-8")
    title = 'title = "Cut P1 incidents from 12 to 3"\n'

    def doubted(text: str) -> bool:
        made.file.write_text(text, encoding="utf-8")
        return bool(doubts(load(config)[1], TODAY))

    filled = {way: re.sub(r'"\.\.\."', '"PAY-O1-KR3"', line) for way, line in ways.items()}
    new_target = filled["re-target"].removeprefix("a new target in measure, and ").replace("to = ...", "to = 6")
    assert doubted(before)
    assert not doubted(changed(before, (title, f"{title}{filled['retire']}\n")))
    assert not doubted(changed(before, (title, f"{title}{filled['replace']}\n")))
    assert not doubted(changed(before, (title, f"{title}{new_target}\n"), ("target = 3", "target = 6")))
    made.file.write_text(before, encoding="utf-8")
    checking_in(config, still_right=True)
    assert not doubted(made.file.read_text(encoding="utf-8"))


def test_a_second_retarget_goes_into_the_list_that_is_there(tmp_path):
    moved = 'retargets = [{ on = 2026-11-12, from = 4, to = 3, because = "one market less" }]\n'
    config = company(tmp_path, OTHERS.replace('measure = { kind = "manual"', f'{moved}measure = {{ kind = "manual"'))

    made = checking_in(config, value="7", still_right=False)

    assert made.left_to_do[-1].endswith('and in retargets { on = 2026-11-18, from = 3, to = ..., because = "..." }')


def test_control_characters_and_line_breaks_do_not_reach_the_file(tmp_path):
    config = company(tmp_path)

    made = checking_in(config, value="7", note="one\ntwo\x1b[31m \u202ethree ")

    assert key_result(config).checkins[0].note == "one two[31m three"
    assert tomllib.loads(made.file.read_text(encoding="utf-8"))


def test_a_linked_file_stays_a_link_and_keeps_its_permissions(tmp_path):
    config = company(tmp_path)
    file = tmp_path / "okrs" / "pay.toml"
    linked = tmp_path / "elsewhere.toml"
    file.rename(linked)
    file.symlink_to(linked)
    linked.chmod(0o640)

    checking_in(config, value="7")

    assert file.is_symlink()
    assert linked.stat().st_mode & 0o777 == 0o640
    assert "value = 7" in linked.read_text(encoding="utf-8")


def test_a_key_result_that_left_its_file_meanwhile_is_told(tmp_path):
    file = tmp_path / "pay.toml"
    file.write_text(OTHERS, encoding="utf-8")

    with pytest.raises(ConfigProblem, match="declares PAY-O1-KR9 no more"):
        write_checkin(file, "PAY-O1-KR9", {"on": TODAY, "value": 7}, milestone=None, on=TODAY)


def test_a_form_that_is_not_edited_names_the_lines_to_put_there(tmp_path):
    file = tmp_path / "pay.toml"
    odd = '[[objectives]]\nkey_results = [{ id = "K", measure.kind = "milestones", measure.milestones = [{ }] }]\n'
    file.write_text(odd, encoding="utf-8")

    with pytest.raises(ConfigProblem, match="put there by hand: done_on = 2026-11-18"):
        write_checkin(file, "K", {}, milestone=0, on=TODAY)
    assert file.read_text(encoding="utf-8") == odd
