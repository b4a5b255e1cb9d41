"""What we say about the code is true."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import metadata, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("etl", "checks", "metrics", "dashboard", "sample_data")
LOCKS = ("requirements.lock", "requirements-dev.lock")
COMMAND_LINE = "dashboard/cli.py"
VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "service", "util", "utils"}
CLOCK_CALLS = {"now", "today", "utcnow"}
CLOCK_SQL = re.compile(
    r"\b(current_date|current_time(stamp)?|localtime(stamp)?)\b"
    r"|\b(now|today|get_current_timestamp|transaction_timestamp)\s*\(",
    re.IGNORECASE,
)
INDEX = re.compile(r"https?://|file:|index-url|find-links|trusted-host", re.IGNORECASE)


def sources(*folders: str, suffix: str = ".py") -> list[Path]:
    found = [path for folder in folders for path in (ROOT / folder).rglob(f"*{suffix}")]
    return sorted(path for path in found if "__pycache__" not in path.parts)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    for path in sources(*folders):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            yield named(path), node


def called(node: ast.AST) -> str:
    """The last name of what a call calls: `now` in `datetime.now(UTC)`."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def statements(path: Path) -> list[str]:
    """The statements of an SQL file, without comments and text in quotes."""
    text = re.sub(r"'(?:[^']|'')*'|--[^\n]*", "", path.read_text(encoding="utf-8"))
    return [part.strip() for part in text.split(";") if part.strip()]


def locked(name: str) -> dict[str, Requirement]:
    """What a lock file pins for the Python that runs this."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip(" \\")) for line in lines if re.match(r"[a-z0-9]", line)]
    return {pin.name: pin for pin in pins if pin.marker is None or pin.marker.evaluate()}


def declared(group: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    if group == "run":
        return [Requirement(text) for text in project["project"]["dependencies"]]
    return [Requirement(text) for text in project["dependency-groups"][group]]


# Size and names


def test_no_file_has_more_than_400_lines():
    lengths = {
        named(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in sources(*PACKAGES, "tests")
    }
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}


def lines_of_code(function):
    """Lines of a function but for its docstring: to explain more is no fault."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    words = first.end_lineno - first.lineno + 1 if told else 0
    return function.end_lineno - function.lineno + 1 - words


def test_no_function_has_more_than_40_lines():
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, node in nodes(*PACKAGES)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and lines_of_code(node) > 40
    ]
    assert long == []


def test_every_module_has_a_name_that_says_what_it_holds():
    vague = [
        named(path)
        for path in sources(*PACKAGES)
        if VAGUE
        & {word for part in named(path).split("/") for word in Path(part).stem.split("_")}
    ]
    assert vague == []


def test_code_lives_in_the_five_packages_and_in_tests():
    holding_code = {
        folder.name
        for folder in ROOT.iterdir()
        if folder.is_dir()
        and not folder.name.startswith(".")
        and next(folder.rglob("*.py"), None) is not None
    }
    assert holding_code == {*PACKAGES, "tests"}


def test_no_file_at_the_top_has_come_there_by_accident():
    files = {path.name for path in ROOT.iterdir() if path.is_file()}
    unexpected = {name for name in files if not name.startswith(".")} - {
        *("CHANGELOG.md", "CONTRIBUTING.md", "METHODS.md", "README.md", "SECURITY.md"),
        *("LICENSE", "Makefile", "pyproject.toml", "requirements.lock"),
        "requirements-dev.lock",
    }
    assert unexpected == set()


def test_every_folder_of_code_is_a_package_that_the_import_contracts_can_read():
    bare = {
        named(path.parent)
        for path in sources(*PACKAGES)
        if not (path.parent / "__init__.py").is_file()
    }
    assert bare == set()


def test_no_module_of_the_dashboard_hides_another_from_its_script():
    # Streamlit puts dashboard/ first on the path: dashboard/metrics.py would be `metrics`.
    taken = {*PACKAGES, *sys.stdlib_module_names, *packages_distributions()}
    beside_the_script = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert (beside_the_script - {"__pycache__"}) & taken == set()


def test_no_folder_of_the_dashboard_is_called_pages():
    # Streamlit would serve its files directly, past the frame of the dashboard.
    folders = [named(path) for path in (ROOT / "dashboard").rglob("pages") if path.is_dir()]
    assert folders == []


# One place for each thing


def test_statements_are_run_by_the_store_alone():
    elsewhere = [
        f"{name}:{node.lineno}"
        for name, node in nodes(*PACKAGES)
        if called(node) in {"execute", "executemany", "sql"} and name != "etl/store.py"
    ]
    assert elsewhere == []


def test_great_expectations_is_known_to_one_module():
    knowing = {
        name
        for name, node in nodes(*PACKAGES)
        if any(module.partition(".")[0] == "great_expectations" for module in imported(node))
    }
    assert knowing <= {"checks/run.py"}


def test_no_code_reads_the_clock_but_the_command_line():
    reading = [
        f"{name}:{node.lineno}"
        for name, node in nodes(*PACKAGES)
        if called(node) in CLOCK_CALLS and name != COMMAND_LINE
    ]
    assert reading == []


def test_no_statement_reads_the_clock():
    in_files = [
        named(path)
        for path in sources(*PACKAGES, suffix=".sql")
        if CLOCK_SQL.search("".join(statements(path)))
    ]
    in_code = [
        f"{name}:{node.lineno}"
        for name, node in nodes(*PACKAGES)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and CLOCK_SQL.search(node.value)
    ]
    assert in_files + in_code == []


# SQL


def test_an_sql_file_is_named_after_the_table_that_its_one_statement_makes():
    wrong = []
    for path in sources(*PACKAGES, suffix=".sql"):
        grain = re.match(r"-- ([a-z_]+\.([a-z_]+)): \S", path.read_text(encoding="utf-8"))
        made = [
            re.match(
                r"create (?:or replace |temp )*(?:table|view) (?:if not exists )?([a-z_.]+)",
                statement,
            )
            for statement in statements(path)
        ]
        if grain is None or [match and match[1] for match in made] != [grain[1]]:
            wrong.append(f"{named(path)}: not one statement that makes the table of line 1")
        elif not re.fullmatch(rf"\d\d_{grain[2]}\.sql", path.name):
            wrong.append(f"{named(path)}: not named NN_{grain[2]}.sql")
    assert wrong == []


def test_no_sql_file_has_more_than_60_lines():
    long = [
        named(path)
        for path in sources(*PACKAGES, suffix=".sql")
        if len(path.read_text(encoding="utf-8").splitlines()) > 60
    ]
    assert long == []


# The command line


def test_help_is_quick_because_it_imports_nothing_heavy():
    script = """
import sys
sys.argv = ["case-audit", "--help"]
from dashboard import cli
try:
    cli.main()
except SystemExit as end:
    assert not end.code, end.code
heavy = {"altair", "great_expectations", "pandas", "scipy.stats", "streamlit"}
print("heavy:", sorted(heavy & set(sys.modules)))
"""
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.splitlines()[-1] == "heavy: []"


# Dependencies


def test_every_dependency_has_a_lower_and_an_upper_bound():
    wanted = [each for group in ("run", "build", "dev") for each in declared(group)]
    unbounded = [
        str(each)
        for each in wanted
        if {limit.operator for limit in each.specifier} != {">=", "<"}
    ]
    assert unbounded == []


@pytest.mark.parametrize(
    ("group", "lock"),
    [
        ("run", "requirements.lock"),
        ("build", "requirements.lock"),
        ("run", "requirements-dev.lock"),
        ("build", "requirements-dev.lock"),
        ("dev", "requirements-dev.lock"),
    ],
)
def test_the_lock_pins_what_the_project_asks_for(group, lock):
    pins = locked(lock)
    unpinned = [
        str(wanted)
        for wanted in declared(group)
        if (pin := pins.get(canonicalize_name(wanted.name))) is None
        or not wanted.specifier.contains(next(iter(pin.specifier)).version)
    ]
    assert unpinned == []


def test_the_demo_and_the_tests_run_with_the_same_versions():
    at_run_time, in_tests = (locked(name) for name in LOCKS)
    assert {name: in_tests.get(name) for name in at_run_time} == at_run_time


@pytest.mark.parametrize("name", [*LOCKS, "pyproject.toml", "Makefile", ".ci/run"])
def test_no_file_says_where_packages_come_from(name):
    text = (ROOT / name).read_text(encoding="utf-8").replace("http://127.0.0.1", "")
    assert INDEX.findall(text) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    bare = [
        block.splitlines()[0]
        for block in re.split(r"\n(?=[a-z0-9])", text)
        if not block.startswith("#") and "--hash=sha256:" not in block
    ]
    assert bare == []


def licence(name: str) -> str:
    """What an installed package says of its licence, in the place that says it best."""
    said = metadata(name)
    of_classifiers = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier", [])
        if line.startswith("License :: ") and not line.endswith("OSI Approved")
    ]
    first_line = (said.get("License") or "").strip().partition("\n")[0]
    return said.get("License-Expression") or " OR ".join(of_classifiers) or first_line


def test_no_package_at_run_time_is_under_the_gpl():
    stated = {name: licence(name) for name in locked("requirements.lock")}
    # A choice of another licence, and an exception for what is linked, are both fine.
    demanding = {
        name: text or "says nothing of its licence"
        for name, text in stated.items()
        if not text
        or all(
            re.search(r"\bA?GPL|GNU (Affero )?General Public", choice)
            and "exception" not in choice
            for choice in text.split(" OR ")
        )
    }
    assert demanding == {}
