"""Figures that others have published, each with its year, its population and its method.

They are medians over organisations: our own figure stands beside one, never a mean of ours.
Editions must not be joined to a series: methods changed between them.
"""

from dataclasses import dataclass

_NAVEX = "organisations with 10 reports or more in the year; the median over organisations"
_NAVEX_PAGE = "NAVEX, Whistleblowing and Incident Management Benchmark Report"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One published figure, in the unit of the measure that it is held against.

    `not_comparable` says why it must not be; empty where the definitions match. `fewest` is
    the count of ours below which the publisher would have left us out.
    """

    metric: str
    measure: str
    value: float
    data_year: int
    population: str
    source: str
    read: str
    not_comparable: str = ""
    fewest: int = 0


def _rate(value: float, year: int, who: str, read: str) -> Benchmark:
    return Benchmark(
        metric="report_frequency",
        measure="rate",
        value=value,
        data_year=year,
        population=f"{who}; {_NAVEX}",
        source=_NAVEX_PAGE,
        read=read,
        fewest=10,
    )


_CLOSED = "closed cases alone; organisations with 10 reports or more; the median of medians"
_FORMULA = "its publisher does not say which closed cases make up the denominator"
_REPORTERS = "reporters who gave a date; all organisations pooled"

BENCHMARKS = (
    _rate(1.57, 2024, "4,077 organisations worldwide", "the publisher's page"),
    _rate(1.78, 2024, "organisations with headquarters in the USA", "a secondary source"),
    _rate(0.67, 2024, "organisations with headquarters in Europe", "a secondary source"),
    _rate(1.57, 2023, "3,784 organisations worldwide", "a secondary source"),
    _rate(1.47, 2022, "organisations worldwide", "a secondary source"),
    Benchmark(
        metric="closed_cases",
        measure="median",
        value=45,
        data_year=2019,
        population=_CLOSED,
        source="NAVEX, press release on the 2020 Benchmark Report",
        read="the publisher's page",
        fewest=10,
    ),
    Benchmark(
        metric="closed_cases",
        measure="median",
        value=42,
        data_year=2016,
        population=_CLOSED,
        source="NAVEX, press release on the 2017 Benchmark Report",
        read="the publisher's page",
        fewest=10,
    ),
    Benchmark(
        metric="time_to_resolution",
        measure="median",
        value=45,
        data_year=2019,
        population=_CLOSED,
        source="NAVEX, press release on the 2020 Benchmark Report",
        read="the publisher's page",
        not_comparable="it leaves out every case that is still open",
    ),
    Benchmark(
        metric="substantiation",
        measure="substantiated",
        value=0.46,
        data_year=2024,
        population=_NAVEX,
        source=_NAVEX_PAGE,
        read="a secondary source",
        not_comparable=_FORMULA,
    ),
    Benchmark(
        metric="incident_to_report",
        measure="open_60",
        value=0.20,
        data_year=2019,
        population=_REPORTERS,
        source=_NAVEX_PAGE,
        read="a secondary source",
    ),
    Benchmark(
        metric="incident_to_report",
        measure="open_9",
        value=0.69,
        data_year=2019,
        population=_REPORTERS,
        source=_NAVEX_PAGE,
        read="a secondary source",
    ),
)
