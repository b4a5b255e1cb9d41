import polars as pl

from metrics.benchmarks import NO_YEAR, benchmarks
from metrics.catalog import METRICS
from metrics.catalog.benchmarks import BENCHMARKS
from tests.specs.measured import figures_of

PEOPLE = """
    unit  | from       | people
    north | 2023-01-01 | 1000
"""


def beside(reports: int, *, as_of: str = "2023-12-31") -> pl.DataFrame:
    events = [f"{at} | received | 2023-03-01" for at in range(reports)]
    events += [f"{at} | resolved | 2023-04-{at + 1:02}" for at in range(reports)]
    figures = figures_of(
        as_of=as_of,
        events="\n".join(["case | kind | on", *events]),
        headcount=PEOPLE,
        coverage_from="2023-01-01",
    )
    return benchmarks(figures)


def row(made: pl.DataFrame, metric: str) -> dict:
    return made.filter(pl.col("metric") == metric).row(0, named=True)


def test_a_whole_year_of_ours_stands_beside_a_published_one():
    found = row(beside(20), "report_frequency")
    assert (found["state"], found["ours"], str(found["our_year"])) == ("ok", 2.0, "2023-01-01")
    assert (found["value"], found["data_year"]) == (1.57, 2024)


def test_a_year_that_is_not_over_is_compared_with_nothing():
    found = row(beside(20, as_of="2023-11-30"), "report_frequency")
    assert (found["state"], found["ours"], found["reason"]) == ("not_comparable", None, NO_YEAR)


def test_an_organisation_that_the_publisher_would_have_left_out_is_not_compared():
    found = row(beside(9), "report_frequency")
    assert found["state"] == "not_comparable"
    assert "fewer than 10" in found["reason"]


def test_the_median_of_closed_cases_is_compared_and_that_of_all_cases_is_not():
    made = beside(20)
    assert row(made, "closed_cases")["state"] == "ok"
    found = row(made, "time_to_resolution")
    assert (found["state"], found["ours"]) == ("not_comparable", None)
    assert "still open" in found["reason"]


def test_every_published_figure_is_held_against_a_measure_that_there_is():
    measures = {
        (metric.name, measure.name) for metric in METRICS for measure in metric.measures
    }
    assert {(known.metric, known.measure) for known in BENCHMARKS} <= measures
