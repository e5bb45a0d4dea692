from datetime import date
from decimal import Decimal

from adapters.registry.reading import read_registry
from adapters.validation import Problems
from mappings.measures import Measure, Query
from mappings.model import Health
from mappings.okrs import Checkin, Checkpoint, Grades, HealthOverride, KeyResult, Pulse, Retarget, Status
from mappings.targets import Target

PERIOD = """\
[period]
id = "2026-Q4"
start = 2026-10-01
end = 2026-12-31
closes = 2027-01-15
"""

EVERYTHING = (
    PERIOD
    + """
[[objectives]]
id = "PAY-O1"
title = "Checkout never lets a customer down"
team = "payments"
roll_up = "weakest"

[[objectives.key_results]]
id = "PAY-O1-KR1"
title = "Cut P1 incidents from 12 to 3 a quarter"
owner = "payments lead"
commitment = "committed"
measure = { kind = "query", tracker = "jira-main", jql = "project = INC", start = 12, target = 3.5, accrual = "period" }
unit = "issues"
weight = 2
teams = ["platform", "payments"]
binds = ["jira-main:issue/PAY-100", "linear-main:project/abc"]
write = { to = "linear-main:initiative/xyz", policy = "manual-until:2026-12-01" }
aliases = ["p1-incidents"]
retargets = [{ on = 2026-11-12, from = 3, to = 3.5, because = "two of them were drills" }]
checkpoints = [{ on = 2026-11-30, value = 6 }, { on = 2026-10-31, value = 9 }]
status = { is = "replaced", on = 2026-11-02, reason = "too narrow", replaced_by = "PAY-O1-KR2" }
status_override = { health = "at_risk", until = 2026-11-30, by = "payments lead" }
cadence = "2w"
depends_on = ["PLT-O1-KR1"]
visibility = "team"
scopes = ["jira-main/platform"]
[[objectives.key_results.checkins]]
on = 2026-11-16
value = 5
confidence = 6
note = "two of the five were the same DNS fault"
risk = "freeze in December"
[[objectives.key_results.checkins]]
on = 2026-11-09
confidence = 7
still_right = false
"""
)


def read(tmp_path, **files):
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    problems = Problems()
    declared = read_registry(sorted(tmp_path.glob("*.toml")), problems)
    found = [each.replace(f"{tmp_path}/", "") for each in problems.found]
    return declared, found


def one(*keys: str, measure: str = '{ kind = "delivery" }') -> str:
    """A file with one key result that also has these lines; the first of them is line 15."""
    lines = [
        '\n[[objectives]]\nid = "PAY-O1"\ntitle = "An objective"\n',
        f'[[objectives.key_results]]\nid = "PAY-O1-KR1"\ntitle = "A key result"\nmeasure = {measure}',
        *keys,
    ]
    return PERIOD + "\n".join(lines) + "\n"


def test_every_key_of_a_key_result_arrives(tmp_path):
    declared, problems = read(tmp_path, pay=EVERYTHING)

    assert problems == []
    assert declared.registry.key_results == (
        KeyResult(
            id="PAY-O1-KR1",
            title="Cut P1 incidents from 12 to 3 a quarter",
            objective="PAY-O1",
            period="2026-Q4",
            team="payments",
            teams=("payments", "platform"),
            owner="payments lead",
            commitment="committed",
            measure=Measure(
                kind="query",
                start=Decimal(12),
                target=Decimal("3.5"),
                accrual=True,
                source=Query(tracker="jira-main", jql="project = INC"),
            ),
            unit="issues",
            weight=Decimal(2),
            binds=(Target("jira-main", "issue", "PAY-100"), Target("linear-main", "project", "abc")),
            write=Target("linear-main", "initiative", "xyz"),
            policy="manual-until",
            policy_until=date(2026, 12, 1),
            aliases=("p1-incidents",),
            checkins=(
                Checkin(on=date(2026, 11, 9), confidence=7, still_right=False),
                Checkin(
                    on=date(2026, 11, 16),
                    value=Decimal(5),
                    confidence=6,
                    note="two of the five were the same DNS fault",
                    risk="freeze in December",
                ),
            ),
            retargets=(
                Retarget(
                    on=date(2026, 11, 12), before=Decimal(3), after=Decimal("3.5"), because="two of them were drills"
                ),
            ),
            checkpoints=(
                Checkpoint(on=date(2026, 10, 31), value=Decimal(9)),
                Checkpoint(on=date(2026, 11, 30), value=Decimal(6)),
            ),
            status=Status.REPLACED,
            status_on=date(2026, 11, 2),
            status_reason="too narrow",
            replaced_by="PAY-O1-KR2",
            override=HealthOverride(health=Health.AT_RISK, until=date(2026, 11, 30), by="payments lead"),
            cadence_days=14,
            depends_on=("PLT-O1-KR1",),
            visibility="team",
            scopes=("jira-main/platform",),
            where=f"{tmp_path}/pay.toml:13",
        ),
    )
    (objective,) = declared.registry.objectives
    assert (objective.roll_up, objective.where) == ("weakest", f"{tmp_path}/pay.toml:7")


def test_what_is_left_out_has_its_default(tmp_path):
    declared, problems = read(tmp_path, pay=one('status = "draft"', 'write = { to = "file" }'))

    (kr,) = declared.registry.key_results
    assert problems == []
    assert (kr.status, kr.policy, kr.cadence_days, kr.weight, kr.team) == (Status.DRAFT, "auto", 7, Decimal(1), "")
    assert kr.write == Target("", "file", "PAY-O1-KR1")


def test_every_kind_of_measure_is_accepted_with_its_own_keys(tmp_path):
    measures = {
        "a": '{ kind = "delivery", target = 20 }',
        "b": '{ kind = "manual", start = 0, target = 1 }',
        "c": '{ kind = "query", tracker = "l", filter = { a = 1 }, aggregate = "sum", field = "x" }',
        "d": '{ kind = "http", url = "https://example.com/n", pointer = "/n", token_env = "T", start = 1, target = 2 }',
        "e": '{ kind = "milestones", milestones = [{ title = "One", weight = 2, done_on = 2026-11-01 }] }',
        "f": '{ kind = "qualitative" }',
        "g": '{ kind = "hold", target = 99.9, keep = "at or above" }',
        "h": '{ kind = "hold", target = 99.9, keep = "at or above", url = "https://example.com/n", pointer = "/n" }',
        "i": '{ kind = "manual", start = 12, target = 3, accrual = "period" }',
    }
    files = {name: one(measure=text).replace("PAY", name.upper()) for name, text in measures.items()}

    declared, problems = read(tmp_path, **files)

    assert problems == []
    assert [kr.measure.kind for kr in declared.registry.key_results] == [
        "delivery", "manual", "query", "http", "milestones", "qualitative", "hold", "hold", "manual",
    ]  # fmt: skip


def test_a_number_comes_from_one_place(tmp_path):
    both = '{ kind = "hold", target = 1, keep = "at or above", tracker = "l", url = "https://example.com/n" }'

    _, problems = read(tmp_path, pay=one(measure=both))

    assert [problem.rpartition(": ")[2] for problem in problems] == [
        "a number comes from a tracker or from a url, not from both"
    ]


def test_a_period_may_stand_in_every_file_and_an_objective_may_name_one(tmp_path):
    year = PERIOD.replace("2026-Q4", "2026").replace("2026-10-01", "2026-01-01")
    goal = '\n[[objectives]]\nid = "CO-1"\ntitle = "Company"\n'

    declared, problems = read(
        tmp_path,
        a=PERIOD + goal.replace("CO-1", "A-1"),
        b=PERIOD + goal.replace("CO-1", "B-1") + 'period = "2026"\n',
        c=year + goal,
    )

    assert problems == []
    assert [period.id for period in declared.registry.periods] == ["2026", "2026-Q4"]
    assert [(each.id, each.period) for each in declared.registry.objectives] == [
        ("A-1", "2026-Q4"),
        ("B-1", "2026"),
        ("CO-1", "2026"),
    ]


def test_a_period_with_other_days_in_another_file_is_told(tmp_path):
    _, problems = read(tmp_path, a=PERIOD, b="\n" + PERIOD.replace("2026-10-01", "2026-10-02"))

    assert problems == ["b.toml:2: period 2026-Q4 has other days here than at a.toml:1"]


def test_an_objective_without_a_period_or_in_an_unknown_one_is_told(tmp_path):
    goal = '[[objectives]]\nid = "CO-1"\ntitle = "Company"\n'

    _, problems = read(tmp_path, a=goal, b=goal + 'period = "2027"\n')

    assert problems == [
        "a.toml:1: CO-1 has no period: give the file a [period] or the objective a period",
        "b.toml:4: no file declares the period that CO-1 names",
    ]


def test_mistakes_are_told_where_they_stand_and_the_rest_is_still_read(tmp_path):
    declared, problems = read(
        tmp_path,
        pay=one(
            'cadence = "monthly"',
            'write = { to = "jira:PAY-1", policy = "sometimes" }',
            'binds = ["file"]',
            'status = "dead"',
            'wieght = 2',
            'aliases = ["two words"]',
            'checkins = [{ on = "today" }, { on = 2026-11-01, value = "5" }]',
            measure='{ kind = "manual", jql = "project = PAY" }',
        ),
    )  # fmt: skip

    assert sorted(problems) == [
        'pay.toml:14: objectives[1].key_results[1].measure: kind = "manual" has no jql',
        'pay.toml:15: objectives[1].key_results[1].cadence: must be days or weeks, as in "7d" or "2w"',
        'pay.toml:16: objectives[1].key_results[1].write.policy: must be "auto", "propose", "locked" or '
        '"manual-until:2026-12-31"',
        "pay.toml:16: objectives[1].key_results[1].write.to: must be CONNECTION:issue/KEY, CONNECTION:project/ID, "
        "CONNECTION:initiative/ID or file",
        "pay.toml:17: objectives[1].key_results[1].binds[1]: binds names work: an issue, a project or an initiative, "
        "not a file",
        "pay.toml:18: objectives[1].key_results[1].status.is must be 'draft', 'live', 'retired' or 'replaced'",
        'pay.toml:19: objectives[1].key_results[1].wieght: unknown key; did you mean "weight"?',
        "pay.toml:20: objectives[1].key_results[1].aliases[1]: must be letters, digits, and - . _ / between them",
        "pay.toml:21: objectives[1].key_results[1].checkins[1].on must be a date, as in 2026-12-31, without quotes",
        "pay.toml:21: objectives[1].key_results[1].checkins[2].value must be a number",
    ]
    assert [each.id for each in declared.registry.objectives] == ["PAY-O1"]
    assert "PAY-O1-KR1" in declared.unread  # it has no measure


def test_a_wrong_table_in_binds_is_told_by_its_key_and_the_right_entries_stay(tmp_path):
    declared, problems = read(
        tmp_path,
        pay=one(
            "binds = [",
            '  "jira-main:issue/PAY-100",',
            '  { to = "jira-main:issue/PAY-101", weight = 2 },',
            '  { to = "file", weight = 1 },',
            '  { to = "jira-main:issue/PAY-102", weight = 0 },',
            '  { to = "jira-main:issue/PAY-103", wieght = 2 },',
            "  { weight = 2 },",
            "  7,",
            '  "jira-main:PAY-104",',
            "]",
        ),
    )

    assert sorted(problem.partition(" objectives[1].key_results[1].")[2] for problem in problems) == [
        "binds[3].to: binds names work: an issue, a project or an initiative, not a file",
        "binds[4].weight must be greater than 0",
        'binds[5].wieght: unknown key; did you mean "weight"?',
        "binds[6].to is missing",
        "binds[7] must be a table",
        "binds[8]: must be CONNECTION:issue/KEY, CONNECTION:project/ID, CONNECTION:initiative/ID or file",
    ]
    kr = declared.registry.by_name["pay-o1-kr1"]
    assert [str(target) for target in kr.binds[:2]] == ["jira-main:issue/PAY-100", "jira-main:issue/PAY-101"]
    assert kr.bind_weights == ((Target("jira-main", "issue", "PAY-101"), Decimal(2)),)


def test_a_key_result_whose_details_are_wrong_is_still_one(tmp_path):
    declared, problems = read(tmp_path, pay=one('cadence = "monthly"', "weight = 2"))

    assert len(problems) == 1
    assert [(kr.cadence_days, kr.weight) for kr in declared.registry.key_results] == [(7, Decimal(2))]
    assert declared.unread == frozenset()


def test_what_could_not_be_read_is_known_by_its_names(tmp_path):
    nameless = one('aliases = ["lost"]').replace('title = "A key result"\n', "")

    declared, problems = read(tmp_path, pay=nameless)

    assert problems == ["pay.toml:11: objectives[1].key_results[1].title is missing"]
    assert declared.key_results == declared.unread == {"PAY-O1-KR1", "lost"}


def test_things_that_are_not_tables_are_told_and_harm_nothing(tmp_path):
    not_a_list = one().replace("[[objectives.key_results]]", "key_results = [1]\n[x]")

    _, problems = read(tmp_path, a="objectives = 1\n", b=not_a_list)

    assert problems == [
        "a.toml:1: objectives must be a list, in [ ]",
        "b.toml:12: x: unknown key",
        "b.toml:11: objectives[1].key_results[1] must be a table",
    ]


END_OF_IT = """
[period.grades]
green = 0.6
[period.pulse.payments]
clarity = 4
autonomy = 3
focus = 2
"""


def test_a_periods_rule_and_pulse_are_put_together_from_all_its_files(tmp_path):
    growth = PERIOD + "pulse = { growth = { clarity = 1, autonomy = 5, focus = 3 } }\n"

    declared, problems = read(tmp_path, a=PERIOD, growth=growth, pay=PERIOD + END_OF_IT, z=PERIOD + END_OF_IT)

    assert problems == []
    [period] = declared.registry.periods
    assert period.grades == Grades(green=Decimal("0.6"), amber=Decimal("0.4"), committed=Decimal(1))
    assert period.pulse == (
        Pulse(team="growth", clarity=1, autonomy=5, focus=3),
        Pulse(team="payments", clarity=4, autonomy=3, focus=2),
    )


def test_two_files_that_say_different_things_of_a_period_are_told(tmp_path):
    other = END_OF_IT.replace("0.6", "0.8").replace("focus = 2", "focus = 3")

    _, problems = read(tmp_path, a=PERIOD + END_OF_IT, b=PERIOD + other)

    assert problems == [
        "b.toml:7: period 2026-Q4 has other grades in another file",
        "b.toml:9: payments says something else in another file",
    ]


def test_a_rule_out_of_order_and_a_figure_that_is_none_are_told_with_their_lines(tmp_path):
    _, rule = read(tmp_path, a=PERIOD + "grades = { green = 0.4, amber = 0.4 }\n")
    _, figure = read(tmp_path, a=PERIOD + END_OF_IT.replace("focus = 2", "focus = 6"))

    assert [each for each in rule if "amber must be below green" in each and each.startswith("a.toml:6")]
    assert [each for each in figure if each.startswith("a.toml:12") and "5" in each]


def test_who_thought_of_an_objective_arrives(tmp_path):
    declared, problems = read(
        tmp_path, a=one().replace('title = "An objective"', 'title = "An objective"\nborn = "team"')
    )

    assert problems == []
    assert [each.born for each in declared.registry.objectives] == ["team"]
