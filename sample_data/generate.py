"""Write the exports of Lantern Services: `python -m sample_data.generate FOLDER [AS_OF]`."""

import csv
import io
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sample_data import AS_OF, earlier, faults, histories, layouts, process
from sample_data.xlsx import write_xlsx


def write_exports(folder: Path, as_of: date = AS_OF) -> None:
    """Write every export into `folder` as on the as-of day; the same files each time."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = {
        system: [
            case
            for case in process.cases()
            if case.system == system and earlier.known_on(case, as_of)
        ]
        for system in ("beacon", "casebook")
    }
    known = {
        system: [told for case in cases if (told := earlier.known_on(case, as_of))]
        for system, cases in whole.items()
    }
    asked = {
        system: [sent for case in cases if (sent := layouts.survey(case, as_of))]
        for system, cases in known.items()
    }

    hotline = faults.spoil_beacon([layouts.beacon_row(case) for case in known["beacon"]])
    _write(folder / "beacon_cases.csv", hotline)
    history = histories.beacon_history(whole["beacon"], hotline, as_of)
    _write(folder / "beacon_history.csv", history)
    allegations = [row for case in known["casebook"] for row in layouts.casebook_rows(case)]
    _write(
        folder / "casebook_allegations.csv",
        faults.spoil_casebook(allegations),
        delimiter=";",
        encoding="cp1252",
    )
    history = faults.spoil_history(histories.casebook_history(whole["casebook"], as_of))
    cells = [histories.CASEBOOK_HEADER, *(tuple(row.values()) for row in history)]
    write_xlsx(folder / "casebook_history.xlsx", cells, sheet="History")
    rows = [row for survey in asked["beacon"] for row in layouts.beacon_survey_rows(survey)]
    _write(folder / "beacon_surveys.csv", faults.spoil_beacon_surveys(rows))
    rows = [row for survey in asked["casebook"] for row in layouts.casebook_survey_rows(survey)]
    _write(folder / "casebook_surveys.csv", rows, delimiter=";", encoding="cp1252")


def _write(
    path: Path, rows: Sequence[layouts.Row], *, delimiter: str = ",", encoding: str = "utf-8"
) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))


def main(arguments: Sequence[str]) -> int:
    """Write the exports into the folder that `arguments` name, as on a day if they name one."""
    if len(arguments) not in {1, 2}:
        sys.stderr.write("usage: python -m sample_data.generate FOLDER [AS_OF]\n")
        return 2
    as_of = date.fromisoformat(arguments[1]) if len(arguments) == 2 else AS_OF
    write_exports(Path(arguments[0]), as_of)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
