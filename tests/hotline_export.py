"""The export of an invented German hotline that no source describes, as README maps it."""

import csv
from datetime import date, timedelta
from pathlib import Path

HEADER = (
    "Fallnummer", "Eingangsdatum", "Meldekanal", "Kategorie", "Betroffene Gesellschaft",
    "Schweregrad", "Bearbeitungsstand", "Ergebnis", "Eingangsbestätigung am",
    "Rückmeldung an Hinweisgeber", "Abgeschlossen am", "Bearbeiter", "Sachverhalt",
)  # fmt: skip
CHANNELS = ("Webformular", "Telefon", "Brief")
CATEGORIES = ("Korruption", "Kartellrecht", "Datenschutz", "Belästigung")
UNITS = ("Nord GmbH", "Süd AG", "Logistik GmbH & Co. KG")
GRADES = ("gering", "mittel", "hoch", "sehr hoch", "mittel")
RESULTS = ("begründet", "unbegründet", "teilweise begründet", "eingestellt", "unbegründet")
CASES, FIRST = 240, date(2025, 1, 3)


def write_hotline(path: Path, *, separator: str = ";", encoding: str = "cp1252") -> Path:
    """Write the export: 240 cases, of which every third is open and has no result."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(HEADER)
        writer.writerows(_row(number) for number in range(CASES))
    return path


def _row(number: int) -> list[str]:
    received = FIRST + timedelta(days=number * 3 // 2)
    is_open = number % 3 == 2
    known = received + timedelta(days=1 + number % 11)
    told = received + timedelta(days=20 + number % 70)
    closed = received + timedelta(days=91 + number % 50)
    return [
        f"HG-{number:05}",
        _day(received),
        CHANNELS[number % 3],
        CATEGORIES[number % 4],
        UNITS[number // 3 % 3],
        GRADES[number % 5],
        ("Neu" if number % 2 else "In Bearbeitung") if is_open else "Abgeschlossen",
        "k.A." if is_open else RESULTS[number % 5],
        _day(known),
        "" if is_open else _day(told),
        "31.12.9999" if is_open else _day(closed),
        f"Sachbearbeiterin {number % 7}",
        f"Erfunden; Fall {number}\nzweite Zeile",
    ]


def _day(told: date) -> str:
    return f"{told:%d.%m.%Y}"
