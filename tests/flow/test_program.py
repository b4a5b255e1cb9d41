"""The command line as a program of its own: what it imports, and what pipes do to it."""

import subprocess
import sys
from pathlib import Path

import pytest

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
