"""Every shipped source has a sample export that it alone recognises, and reads whole."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from etl.description import SHIPPED, read_sources
from etl.errors import ExportError, SourceError
from etl.load import load
from etl.readers import exports
from etl.readers.contents import is_workbook
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable
from etl.recognition import recognise
from etl.source import Export
from etl.staging import stage
from etl.workspace import Workspace, init

EXPORTS = Path(__file__).parents[1] / "exports"
FOLDERS = sorted(EXPORTS.iterdir())
# A folder's description lists the codes that are an organisation's own.
SOURCES = read_sources(SHIPPED, *FOLDERS)
SAMPLES = sorted(path for path in EXPORTS.glob("*/*.*") if path.suffix != ".toml")
KEY = bytes(32)
# A chooser of columns exports all of a profile nowhere.
CHOSEN = {"hotline"}


def read(sample: Path, layout: Layout = UNTOLD) -> TextTable:
    """The sample as the product reads it, but in this process, which is quicker."""
    told = replace(layout, delimiter="detect") if is_workbook(sample.name) else layout
    with sample.open("rb") as stream:
        return exports.read(stream, file=sample.name, layout=told)


def exports_of(sample: Path) -> list[tuple[TextTable, Export]]:
    """What the file holds: the export that it is recognised as, and those inside."""
    owner = SOURCES[sample.parent.name]
    for layout in dict.fromkeys((UNTOLD, *(export.layout for export in owner.exports))):
        try:
            text = read(sample, layout)
            _, export = recognise(SOURCES.values(), text.header, file_name=sample.name)
        except (ExportError, SourceError):
            continue
        if layout in {UNTOLD, export.layout}:
            inside = [told for told in owner.exports if told.name in export.also]
            return [(read(sample, told.layout), told) for told in (export, *inside)]
    raise AssertionError(f"{sample.name} is not recognised")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_sample_is_recognised_by_its_source_alone_and_read_whole(sample):
    owner = SOURCES[sample.parent.name]
    for text, export in exports_of(sample):
        fitting = [
            source.name
            for source in SOURCES.values()
            for export in source.exports
            if not export.lacks(text.header)
        ]
        assert set(fitting) == {owner.name}
        staged = stage(
            text,
            owner,
            export,
            workbook=is_workbook(sample.name),
            key=KEY,
            zone=owner.time_zone,
        )
        assert staged.rejects.rows() == []
        assert staged.rows_loaded == text.rows.height > 0


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_export_of_a_source_has_a_sample_with_all_that_it_must_have(source):
    seen: dict[str, set[str]] = {}
    for sample in [path for path in SAMPLES if path.parent.name == source.name]:
        for text, export in exports_of(sample):
            seen[export.name] = seen.get(export.name, set()) | set(text.header)
    assert set(seen) == {export.name for export in source.exports}
    for export in source.exports:
        assert not export.lacks(seen[export.name])
        assert export.bound_to(seen[export.name]) == export or source.name in CHOSEN


def with_codes(folder: Path) -> Workspace:
    """A workspace in which somebody has listed the codes of the samples."""
    workspace = init(folder)
    for told in EXPORTS.glob("*/*.toml"):
        shutil.copy(told, workspace.folder / "sources" / told.name)
    return workspace


def test_all_samples_load_together(tmp_path):
    workspace = with_codes(tmp_path / "audit")
    deliveries = load(workspace, SAMPLES, as_of=date(2024, 3, 31))
    assert {(told.source, told.export) for told in deliveries} == {
        (source.name, export.name) for source in SOURCES.values() for export in source.exports
    }
    assert sum(told.rows_rejected for told in deliveries) == 0
