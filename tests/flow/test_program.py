"""The command line as a program of its own: what it imports, and what pipes do to it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from etl.workspace import init

ROOT = Path(__file__).parents[2]


def test_help_imports_nothing_that_takes_long():
    command = [sys.executable, "-X", "importtime", "-m", "dashboard.cli", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    imported = {
        line.rpartition("|")[2].strip().split(".")[0] for line in done.stderr.splitlines()
    }
    assert "argparse" in imported
    heavy = {"streamlit", "great_expectations", "scipy", "polars", "duckdb", "altair", "pandas"}
    assert imported & heavy == set()


@pytest.mark.usefixtures("audit")
def test_a_pipe_that_is_closed_early_is_no_error(committee):
    command = (
        f'"{sys.executable}" -m dashboard.cli figures "{committee.path}" | head -n 1;'
        " echo ${PIPESTATUS[0]}"
    )
    done = subprocess.run(
        ["/bin/bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    header, code = done.stdout.splitlines()
    assert header.startswith("release,audience,metric,measure")
    assert (code, done.stderr) == ("0", "")


@pytest.mark.parametrize(
    "verb", ["load", "source draft", "source test hotline", "source codes"]
)
def test_a_pipe_in_place_of_an_export_is_refused_and_not_waited_for(tmp_path, verb):
    workspace = init(tmp_path / "audit").folder
    os.mkfifo(tmp_path / "export.csv")
    export = str(tmp_path / "export.csv")
    command = [sys.executable, "-m", "dashboard.cli", *verb.split(), export]
    own = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=workspace, env=own, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "this is a pipe, socket or device, not a file" in done.stderr
