"""Which practices the data can speak of, and what to record for the rest."""

from dashboard.steps import Told, require_loaded
from etl.store import Store
from etl.workspace import Workspace
from metrics.practices import Covered, coverage

_STATES = {
    "assessable": "can be assessed",
    "partly": "can be assessed in part",
    "not_assessable": "cannot be assessed",
}
# A practice of two events is measured once the workspace says how far apart they may be.
_BY_RULE = "deadline_compliance"


def told(workspace: Workspace) -> Told:
    """Every practice with its state and what is missing; never a number of cases."""
    require_loaded(workspace)
    with Store.open(workspace.store_path, mode="read") as store:
        found = coverage(store)
    lines: list[str] = []
    for state, words in _STATES.items():
        fitting = [each for each in found if each.state == state]
        lines += [f"{len(fitting)} of {len(found)} practices {words}:"]
        lines += [*map(_line, fitting), ""]
    lines.append(
        "What never happened looks like what is never recorded: before you take one for the"
        " other, ask who keeps the records."
    )
    return Told(lines=tuple(lines), data=[_data(each) for each in found])


def _line(covered: Covered) -> str:
    practice = covered.practice
    if covered.missing:
        after = f"to record: {', '.join(covered.missing)}"
    elif practice.measured_by == _BY_RULE:
        after = "measured by a [[deadline]] in rules/ that names these events"
    elif practice.is_owed:
        after = f"measured by {practice.measured_by}, as [practices] in rules/ says"
    else:
        after = f"measured by {practice.measured_by}"
    return f"  {practice.number:>2}  {practice.name}. {practice.question} {after}"


def _data(covered: Covered) -> dict[str, object]:
    practice = covered.practice
    return {
        "number": practice.number,
        "name": practice.name,
        "question": practice.question,
        "state": covered.state,
        "measured_by": practice.measured_by,
        "needs": list(practice.needs),
        "missing": list(covered.missing),
    }
