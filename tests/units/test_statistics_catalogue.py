import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import metrics.statistics

ROOT = Path(__file__).resolve().parents[2]
MODULES = {module.name for module in iter_modules(metrics.statistics.__path__)}
# Four spaces, a module, and what is in it, over one or more lines.
LISTED = dict(
    re.findall(
        r"^    (\w+) +((?:\S.*\n)(?: {20,}.*\n)*)", metrics.statistics.__doc__, re.MULTILINE
    )
)


def test_the_page_of_the_package_lists_every_module():
    assert set(LISTED) == MODULES


def test_every_name_with_an_underscore_on_the_page_is_in_its_module():
    for name, told in LISTED.items():
        module = import_module(f"metrics.statistics.{name}")
        for word in re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", told):
            assert hasattr(module, word), f"{name}: {word}"


def test_the_statistics_import_nothing_slow():
    script = "import sys\n" + "".join(f"import metrics.statistics.{name}\n" for name in MODULES)
    script += "print(sorted({'scipy.stats', 'pandas', 'polars', 'duckdb'} & set(sys.modules)))"
    shown = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert shown.stdout.strip() == "[]"
