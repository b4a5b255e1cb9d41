"""Every shipped source has a sample export that it alone recognises, and reads whole."""

from datetime import date
from pathlib import Path

import pytest

from etl.description import SHIPPED, read_sources
from etl.load import load
from etl.readers import exports
from etl.readers.layout import UNTOLD, Layout
from etl.readers.rows import TextTable
from etl.recognition import recognise
from etl.staging import stage
from etl.workspace import init

EXPORTS = Path(__file__).parents[1] / "exports"
SOURCES = read_sources(SHIPPED)
SAMPLES = sorted(path for path in EXPORTS.glob("*/*.*") if path.suffix != ".toml")
KEY = bytes(32)


def read(sample: Path, layout: Layout = UNTOLD) -> TextTable:
    """The sample as the product reads it, but in this process, which is quicker."""
    with sample.open("rb") as stream:
        return exports.read(stream, file=sample.name, layout=layout)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_a_sample_is_recognised_by_its_source_alone_and_read_whole(sample):
    text = read(sample)
    owner = SOURCES[sample.parent.name]
    fitting = [
        source.name
        for source in SOURCES.values()
        for export in source.exports
        if set(text.header) >= set(export.needed)
    ]
    assert set(fitting) == {owner.name}
    source, export = recognise(SOURCES.values(), text.header, file_name=sample.name)
    assert source is owner
    staged = stage(
        read(sample, export.layout),
        source,
        export,
        workbook=sample.suffix == ".xlsx",
        key=KEY,
        zone=source.time_zone,
    )
    assert staged.rejects.is_empty()
    assert staged.rows_loaded == text.rows.height > 0


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES)
def test_every_export_of_a_source_has_a_sample_with_all_of_its_columns(source):
    seen = {}
    for sample in EXPORTS.joinpath(source.name).iterdir():
        header = read(sample).header
        _, export = recognise(SOURCES.values(), header, file_name=sample.name)
        seen[export.name] = set(header)
    described = {
        export.name: set(export.known) for export in source.exports if export.ignored
    } | {export.name: seen[export.name] for export in source.exports if not export.ignored}
    assert seen == described


def test_all_samples_load_together(tmp_path):
    workspace = init(tmp_path / "audit")
    deliveries = load(workspace, SAMPLES, as_of=date(2024, 3, 31))
    assert {(told.source, told.export) for told in deliveries} == {
        (source.name, export.name) for source in SOURCES.values() for export in source.exports
    }
