"""Goals that a file and a tracker both declare: once each, the file's word counts, what differs is said."""

from datetime import date
from decimal import Decimal

from support.builders import a_checkin, a_kr, an_objective, manual

from mappings.merging import merge_declared
from mappings.targets import Target

HOME = Target("linear-main", "project", "p1")


def test_what_is_declared_in_one_place_only_is_taken_from_there() -> None:
    files = [an_objective("PAY-O1", a_kr("PAY-O1-KR1"))]
    there = [an_objective("GRO-O1", a_kr("GRO-O1-KR1", home=HOME))]

    merged, notes = merge_declared(files, there)

    assert merged == [*files, *there]
    assert notes == []


def test_an_objective_of_a_file_takes_in_the_key_results_that_live_elsewhere() -> None:
    files = [an_objective("GRO-O1", a_kr("GRO-O1-KR1"), title="From the file")]
    there = [an_objective("gro.o1", a_kr("GRO-O1-KR2", home=HOME), title="From there")]

    [merged], _ = merge_declared(files, there)

    assert (merged.id, merged.title) == ("GRO-O1", "From the file")
    assert [(kr.id, kr.objective) for kr in merged.key_results] == [("GRO-O1-KR1", "GRO-O1"), ("GRO-O1-KR2", "GRO-O1")]


def test_of_a_key_result_in_both_the_file_counts_and_the_difference_is_said() -> None:
    ours = a_kr("GRO-O1-KR1", measure=manual(31, 45), where="okrs/q4.toml:7")
    theirs = a_kr(
        "gro_o1_kr1", measure=manual(31, 40), weight=Decimal(2), home=HOME, binds=(HOME,), where="https://l/p"
    )

    merged, notes = merge_declared([an_objective("PAY-O1", ours)], [an_objective("X", theirs)])

    [kr] = merged[0].key_results
    assert (kr.id, kr.measure, kr.weight) == ("GRO-O1-KR1", manual(31, 45), Decimal(1))
    assert (kr.home, kr.binds) == (HOME, (HOME,)), "its page is never work, and its work counts"
    assert notes == [
        "GRO-O1-KR1: target is 45 at okrs/q4.toml:7, which counts, and 40 at https://l/p",
        "GRO-O1-KR1: weight is 1 at okrs/q4.toml:7, which counts, and 2 at https://l/p",
    ]


def test_check_ins_of_both_count_and_of_one_day_the_files_is_the_last_word() -> None:
    ours = a_kr("K1", checkins=(a_checkin(value=5),))
    theirs = a_kr("K1", checkins=(a_checkin(value=9), a_checkin(on=date(2026, 11, 2), value=1)))

    [merged] = merge_declared([an_objective("PAY-O1", ours)], [an_objective("PAY-O1", theirs)])[0]

    assert [checkin.value for checkin in merged.key_results[0].checkins] == [1, 9, 5]
