"""Write the exports of Lantern Services again: `python -m sample_data.generate FOLDER`."""

import csv
import io
import sys
from collections.abc import Sequence
from pathlib import Path

from sample_data import faults, histories, layouts, process
from sample_data.xlsx import write_xlsx


def write_exports(folder: Path) -> None:
    """Write every export into `folder`; the same files each time."""
    folder.mkdir(parents=True, exist_ok=True)
    every = process.cases()
    beacon = [case for case in every if case.system == "beacon"]
    casebook = [case for case in every if case.system == "casebook"]
    asked = [[s for s in map(layouts.survey, cases) if s] for cases in (beacon, casebook)]

    hotline = faults.spoil_beacon([layouts.beacon_row(case) for case in beacon])
    _write(folder / "beacon_cases.csv", hotline)
    _write(folder / "beacon_history.csv", histories.beacon_history(beacon, hotline))
    allegations = [row for case in casebook for row in layouts.casebook_rows(case)]
    _write(
        folder / "casebook_allegations.csv",
        faults.spoil_casebook(allegations),
        delimiter=";",
        encoding="cp1252",
    )
    history = faults.spoil_history(histories.casebook_history(casebook))
    cells = [histories.CASEBOOK_HEADER, *(tuple(row.values()) for row in history)]
    write_xlsx(folder / "casebook_history.xlsx", cells, sheet="History")
    sent = [row for survey in asked[0] for row in layouts.beacon_survey_rows(survey)]
    _write(folder / "beacon_surveys.csv", faults.spoil_beacon_surveys(sent))
    sent = [row for survey in asked[1] for row in layouts.casebook_survey_rows(survey)]
    _write(folder / "casebook_surveys.csv", sent, delimiter=";", encoding="cp1252")


def _write(
    path: Path, rows: Sequence[layouts.Row], *, delimiter: str = ",", encoding: str = "utf-8"
) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def main(arguments: Sequence[str]) -> int:
    """Write the exports into the one folder that `arguments` name."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sample_data.generate FOLDER\n")
        return 2
    write_exports(Path(arguments[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
