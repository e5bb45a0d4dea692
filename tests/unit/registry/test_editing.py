"""One place of a registry file changes when somebody checks in; these are the forms that people write."""

import tomllib
from datetime import date
from decimal import Decimal

import pytest

from adapters.registry.editing import Unusual, with_checkin, with_milestone_done

KR = ("objectives", 0, "key_results", 0)
ENTRY = {"on": date(2026, 11, 18), "value": Decimal("5.5"), "note": 'two were "DNS"'}
TWO = """\
# The quarter's goals.
[[objectives]]
id = "PAY-O1"

[[objectives.key_results]]
id = "PAY-O1-KR1"   # the incidents
measure = { kind = "manual", start = 12, target = 3 }

# Speed is another thing.
[[objectives.key_results]]
id = "PAY-O1-KR2"
"""
ADDED = """
[[objectives.key_results.checkins]]
on = 2026-11-18
value = 5.5
note = "two were \\"DNS\\""
"""


def with_one_place_more(before: str, what: str) -> set[str]:
    """Every text that is `before` with `what` somewhere in it."""
    return {before[:at] + what + before[at:] for at in range(len(before) + 1)}


def checkins(content: bytes) -> list[dict[str, object]]:
    return tomllib.loads(content.decode(), parse_float=Decimal)["objectives"][0]["key_results"][0]["checkins"]


def test_the_first_checkin_stands_before_the_comment_of_the_next_key_result():
    after = with_checkin(TWO.encode(), KR, ENTRY)

    assert after.decode() in with_one_place_more(TWO, ADDED)
    assert after.decode().index("checkins") < after.decode().index("# Speed")


def test_a_sub_table_of_the_key_result_stays_its_own():
    text = TWO.replace('measure = { kind = "manual", start = 12, target = 3 }', "")
    text = text.replace("# Speed", '[objectives.key_results.measure]\nkind = "manual" # by hand\n\n# Speed')

    after = with_checkin(text.encode(), KR, ENTRY)

    assert after.decode() in with_one_place_more(text, ADDED)
    assert after.decode().index("# by hand") < after.decode().index("checkins")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[]", "[NEW]"),
        ("[\n  # none yet\n]", "[\n  # none yet\n  NEW\n]"),
        ("[{ on = 2026-11-01 }]", "[{ on = 2026-11-01 }, NEW]"),
        ("[ { on = 2026-11-01 } , ]", "[ { on = 2026-11-01 } , NEW, ]"),
        ("[\n  {on = 2026-11-01},\n]", "[\n  {on = 2026-11-01},\n  NEW,\n]"),
        ("[\n  {on = 2026-11-01}\n]", "[\n  {on = 2026-11-01},\n  NEW\n]"),
        ("[\n  {on = 2026-11-01}, # c\n]", "[\n  {on = 2026-11-01}, # c\n  NEW,\n]"),
        ("[\n  {on = 2026-11-01} # c\n]", "[\n  {on = 2026-11-01} # c\n  , NEW\n]"),
        ("[{ on = 2026-11-18, value = 7 }] # late", "[NEW] # late"),
    ],
)
def test_checkins_in_an_array_keep_its_form(before, after):
    text = TWO.replace("# the incidents", f"\ncheckins = {before}")

    new = with_checkin(text.encode(), KR, ENTRY).decode()

    inline = '{ on = 2026-11-18, value = 5.5, note = "two were \\"DNS\\"" }'
    assert new == text.replace(f"checkins = {before}", f"checkins = {after.replace('NEW', inline)}")


def test_a_key_result_in_one_line_stays_in_it():
    text = '[[objectives]]\nid = "PAY-O1"\nkey_results = [{ id = "PAY-O1-KR1" }, { id = "PAY-O1-KR2" }] # both\n'

    after = with_checkin(text.encode(), KR, {"on": date(2026, 11, 18), "value": 5})

    assert after.decode() in with_one_place_more(text, ", checkins = [{ on = 2026-11-18, value = 5 }]")


def test_a_checkin_follows_the_indents_line_ends_and_the_missing_last_one_of_its_file():
    text = '[[objectives]]\r\nid = "O"\r\n  [[objectives.key_results]]\r\n    id = "K"'

    after = with_checkin(text.encode(), KR, {"on": date(2026, 11, 18), "value": 5})

    head = "  [[objectives.key_results.checkins]]"
    assert after.decode() in with_one_place_more(text, f"\r\n\r\n{head}\r\n    on = 2026-11-18\r\n    value = 5")


def test_a_second_checkin_stands_after_the_first_one_as_close():
    text = with_checkin(TWO.encode(), KR, {"on": date(2026, 11, 11), "value": 7}).decode()

    assert with_checkin(text.encode(), KR, ENTRY).decode() in with_one_place_more(text, ADDED)
    close = text.replace("\n\n[[objectives.key_results.checkins", "\n[[objectives.key_results.checkins")
    assert with_checkin(close.encode(), KR, ENTRY).decode() in with_one_place_more(close, ADDED.lstrip("\n"))


def test_the_same_day_is_one_entry_and_what_stands_in_it_keeps_its_place():
    day = "\n[[objectives.key_results.checkins]]\n# asked on the phone\non = 2026-11-18\n"
    text = TWO.replace("\n# Speed", f"{day}value = 7 # about\nrisk = 'freeze'\n\n# Speed")

    after = with_checkin(text.encode(), KR, ENTRY)

    assert after.decode() == text.replace("value = 7", "value = 5.5").replace(
        "risk = 'freeze'\n", 'note = "two were \\"DNS\\""\n'
    )
    assert checkins(after) == [ENTRY]


def test_the_same_checkin_again_changes_no_byte():
    once = with_checkin(TWO.replace("\n", "\r\n").rstrip().encode(), KR, ENTRY)

    assert with_checkin(once, KR, ENTRY) == once


@pytest.mark.parametrize(
    ("milestones", "changed"),
    [
        (
            '[{ title = "a" },  { title = "b", weight = 2 }] # two',
            '[{ title = "a" },  { title = "b", weight = 2, DONE }] # two',
        ),
        (
            '[\n  { title = "a" }, # one\n  { title = "b" , done_on = 2026-11-01 }, # two\n]',
            '[\n  { title = "a" }, # one\n  { title = "b" , DONE }, # two\n]',
        ),
    ],
)
def test_a_milestone_gets_its_day_where_it_stands(milestones, changed):
    measure = f'[objectives.key_results.measure]\nkind = "milestones"\nmilestones = {milestones}'
    text = TWO.replace('measure = { kind = "manual", start = 12, target = 3 }', measure)

    after = with_milestone_done(text.encode(), KR, 1, date(2026, 11, 18)).decode()

    assert after == text.replace(milestones, changed.replace("DONE", "done_on = 2026-11-18"))


def test_a_milestone_in_its_own_table_gets_its_day_as_a_line():
    head = "[[objectives.key_results.measure.milestones]]\n"
    text = TWO.replace("\n# Speed", f'{head}title = "a"\n{head}title = "b" # two\n\n# Speed')
    text = text.replace('measure = { kind = "manual", start = 12, target = 3 }\n', "")

    after = with_milestone_done(text.encode(), KR, 1, date(2026, 11, 18))

    assert after.decode() in with_one_place_more(text, "done_on = 2026-11-18\n")


def test_a_form_that_is_not_edited_is_left_to_a_person():
    dotted = '[[objectives]]\nkey_results = [{ id = "K", measure = { milestones = [] } }]\n'

    with pytest.raises(Unusual):
        with_milestone_done(dotted.encode(), KR, 0, date(2026, 11, 18))
