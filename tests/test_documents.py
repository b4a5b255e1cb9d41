"""What the documents say of the code is true."""

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from dashboard import cli, verbs
from metrics.catalog import METRICS
from metrics.methods import RESULTS, STATES, methods
from metrics.scorecard import FEWEST
from sample_data.planted import FAULTS, KEPT
from tests.flow.conftest import case_audit

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SAMPLE = (ROOT / "sample_data" / "README.md").read_text(encoding="utf-8")
VERBS = (
    "init", "source", "load", "check", "coverage", "publish", "approve", "withdraw", "releases",
    "report", "figures", "restatement", "action", "verify", "reveal", "serve", "demo",
)  # fmt: skip


def commands(document: str) -> list[list[str]]:
    """Every command line of ours in a document, in words, without its comment."""
    found = re.findall(r"^ *(case-audit [^#\n]*)", document, flags=re.MULTILINE)
    # Between back-ticks a command may be broken by the end of a line.
    found += re.findall(r"`(case-audit [^`]*)`", document)
    return [shlex.split(line)[1:] for line in found]


def help_of(verb: str) -> str:
    said = case_audit(verb, "--help")
    assert said.code == 0
    return said.out


# METHODS.md


def test_methods_is_current():
    written = (ROOT / "METHODS.md").read_text(encoding="utf-8")
    assert written == methods(), "run: python -m metrics.methods > METHODS.md"


def test_methods_has_the_question_and_every_definition_of_every_metric():
    told = methods()
    for metric in METRICS:
        assert metric.question in told
        for measure in metric.measures:
            assert measure.definition in told
            assert measure.source in told


def test_methods_explains_every_result_state_and_word():
    told = methods()
    for name in (*RESULTS, *STATES):
        assert f"| {name} | " in told
    for word in ("Met", "Met, narrowly", "Just missed", "Not met", "Cannot say"):
        assert f"| {word} | " in told
    assert f"fewer than {FEWEST} " in told


# README.md


def test_readme_shows_every_verb():
    shown = {line[0] for line in commands(README)}
    assert shown == set(VERBS) - {"demo"}
    assert "make demo" in README


@pytest.mark.parametrize("line", commands(README), ids=" ".join)
def test_every_command_of_the_readme_is_one_that_the_program_takes(line):
    options = cli._parser().parse_args(line)
    assert callable(options.verb)


def test_readme_and_makefile_agree_on_the_two_commands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", README, flags=re.MULTILINE):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_every_exit_code_is_in_the_readme_and_in_the_help():
    codes = {verbs.DONE, verbs.FINDING, verbs.YOURS, verbs.OURS}
    table = dict(re.findall(r"^\| (\d) \| (.+) \|$", README, flags=re.MULTILINE))
    assert {int(code) for code in table} == codes
    said = re.sub(r"\s+", " ", case_audit("--help").out)
    for code in codes:
        assert re.search(rf"\b{code} \w+", said.partition("Exit codes:")[2])


def test_every_file_that_the_readme_points_to_is_there():
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert len(links) > 5
    missing = [link for link in links if not (ROOT / link).exists()]
    assert missing == []


# --help


def test_help_lists_every_verb_in_the_order_data_flows():
    told = case_audit("--help").out
    places = [re.search(rf"^    {verb}\b", told, flags=re.MULTILINE) for verb in VERBS]
    assert all(places)
    starts = [place.start() for place in places if place]
    assert starts == sorted(starts)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_tell_programs_and_be_quiet(verb):
    told = help_of(verb)
    assert "--json" in told
    assert "--quiet" in told


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_says_what_it_does_in_a_sentence(verb):
    about = help_of(verb).split("\n\n")[1]
    assert about[0].isupper()
    assert about.rstrip().endswith(".")


def test_figures_names_the_breakdowns_it_takes():
    for name in ("all", "unit", "category", "channel", "severity", "month", "whole"):
        assert name in help_of("figures")


# The sample data's own README


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_readme_of_the_sample_lists_every_fault_with_its_count(fault):
    row = f"| {fault.name} | {fault.count} | {fault.fact} | {fault.shows} |"
    assert row in SAMPLE


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: f"{kept.commitment} {kept.quarter}")
def test_the_readme_of_the_sample_lists_what_every_commitment_came_to(kept):
    row = f"| {kept.quarter} | {kept.commitment} | {kept.kept} | {kept.judged} |"
    assert f"{row} {kept.not_assessable} |" in SAMPLE


def test_the_sample_promises_the_commitments_it_declares():
    rules = ROOT / "sample_data" / "workspace" / "rules" / "deadlines.toml"
    declared = tomllib.loads(rules.read_text(encoding="utf-8"))["commitment"]
    assert {made["name"] for made in declared} == {kept.commitment for kept in KEPT}


# The other documents


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md", "README.md"])
def test_every_module_that_a_document_names_is_there(name):
    told = (ROOT / name).read_text(encoding="utf-8")
    named = set(
        re.findall(r"`((?:etl|metrics|checks|dashboard|tests|sample_data)/[\w/.]+)`", told)
    )
    missing = [path for path in named if not (ROOT / path).exists()]
    assert missing == []


def test_contributing_says_how_the_golden_release_and_methods_are_made_anew():
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert "python -m metrics.methods > METHODS.md" in told
    assert "python -m tests.flow.golden_release" in told
