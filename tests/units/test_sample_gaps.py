"""The planted gaps are in the histories as often as sample_data/README.md says."""

from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

import sample_data
from sample_data import people, planted, process
from tests.units.test_sample_data import british, cases, codes, history, iso, rows_of

SINCE = planted.GAPS


@cache
def acts():
    """Case number to what its history says was done: kind, day, by whom, for whom."""
    found = defaultdict(list)
    kinds, parties = codes("beacon")["kind"], codes("beacon")["party"]
    for row in rows_of("beacon_history.csv"):
        told = kinds[row["Event"]], iso(row["At"]), row["By"], parties.get(row["For"], "")
        found[row["Case ref"]].append(told)
    kinds, parties = codes("casebook")["kind"], codes("casebook")["party"]
    for row in history():
        told = kinds[row["Event"]], british(row["Event date"]), row["By"]
        found[row["Case no"]].append((*told, parties.get(row["For"], "")))
    return found


def of(unit, since):
    """Numbers of the cases of a unit received since a day."""
    return [
        number
        for number, case in cases().items()
        if case["unit"] == unit and case["received"] >= since
    ]


def by(number, kind):
    return {person for told, _, person, _ in acts()[number] if told == kind and person}


def is_unchecked(number):
    case = cases()[number]
    later = {"investigated", "decided", "informed"} & case.keys()
    return bool(later) and all(kind != "conflict_checked" for kind, *_ in acts()[number])


def is_refused(number):
    made = [
        day
        for kind, day, _, party in acts()[number]
        if (kind, party) == ("referral_made", SINCE.partner) and day >= SINCE.refused_from
    ]
    started = [
        day
        for kind, day, _, party in acts()[number]
        if (kind, party) == ("service_started", SINCE.partner)
    ]
    limit = timedelta(days=21)
    return any(
        day + limit < sample_data.AS_OF and not any(day <= on <= day + limit for on in started)
        for day in made
    )


def is_silent(number):
    """Whether the affected person had no news for more than 45 days."""
    case, done = cases()[number], acts()[number]
    about = sorted(day for _, day, _, party in done if party == people.AFFECTED)
    if case["received"] < SINCE.silent_from or not about:
        return False
    until = case.get("resolved", sample_data.AS_OF)
    if "reopened" in case and case["reopened"] >= until:
        until = sample_data.AS_OF
    told = [d for kind, d, _, party in done if (kind, party) == ("updated", people.AFFECTED)]
    days = sorted({about[0], *told, until})
    days = [day for day in days if about[0] <= day <= until]
    return any((after - before).days > 45 for before, after in pairwise(days))


def is_waiting(number):
    """Whether nobody worked on the case within 14 days of its first wait for somebody."""
    done = acts()[number] + [(kind, cases()[number].get(kind)) for kind in ("resolved",)]
    waits = [act[1] for act in done if act[0] == "waiting_for_resource"]
    works = [
        act[1] for act in done if act[0] in {"allocated", "investigated", "decided", "resolved"}
    ]
    if not waits:
        return False
    limit = waits[0] + timedelta(days=14)
    return limit < sample_data.AS_OF and not any(
        day and waits[0] <= day <= limit for day in works
    )


def test_every_planted_gap_is_in_the_histories_as_often_as_the_constants_say():
    counted = {
        "skipped_conflict_checks": sum(
            map(is_unchecked, of(SINCE.unchecked_unit, SINCE.unchecked_from))
        ),
        "decided_by_the_investigator": sum(
            bool(by(number, "investigated") & by(number, "decided"))
            for number in of(SINCE.one_person_unit, SINCE.one_person_from)
        ),
        "refused_referrals": sum(map(is_refused, cases())),
        "silence_towards_affected": sum(map(is_silent, cases())),
        "waiting_for_resources": sum(
            map(is_waiting, of(SINCE.waiting_unit, SINCE.waiting_from))
        ),
    }
    assert counted == {gap.name: gap.count for gap in planted.PLANTED_GAPS}


def test_where_nothing_is_planted_the_same_lapses_are_rare():
    unchecked = [number for number in cases() if is_unchecked(number)]
    elsewhere = [n for n in unchecked if cases()[n]["unit"] != SINCE.unchecked_unit]
    assert len(elsewhere) < 0.02 * len(cases())


def test_without_gaps_every_other_act_stays_as_it_is():
    some = [case for case in process.cases() if case.received_on >= date(2026, 1, 1)][:200]
    planted_ones = [people.acts(case) for case in some]
    bare = [people.acts(case, gaps=planted.NO_GAPS) for case in some]
    changed = {
        "conflict_checked", "updated", "referral_accepted", "service_started", "decided",
        "waiting_for_resource", "allocated",
    }  # fmt: skip

    def others(done):
        return [[act for act in acts if act.kind not in changed] for acts in done]

    assert others(planted_ones) == others(bare)
    assert planted_ones != bare
