"""Which practices the data can speak of, and what to record for the rest."""

from dashboard.steps import Told, require_loaded
from etl.actions import read_actions
from etl.store import Store
from etl.workspace import Workspace
from metrics.practices import Covered, Practice, coverage

_STATES = {
    "assessable": "can be assessed",
    "partly": "can be assessed in part",
    "not_assessable": "cannot be assessed",
}
# A practice of two events is measured once the workspace says how far apart they may be.
_BY_RULE = "deadline_compliance"
BY_ACTIONS = "corrective_actions"


def told(workspace: Workspace) -> Told:
    """Every practice with its state and what is missing; never a number of cases."""
    require_loaded(workspace)
    with Store.open(workspace.store_path, mode="read") as store:
        found = coverage(store, read_actions(workspace.folder))
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
    if covered.by_actions:
        after = "followed by the corrective actions of the workspace"
    elif covered.missing:
        after = f"to record: {', '.join(covered.missing)}" + _or_action(practice)
    elif practice.measured_by == _BY_RULE:
        after = "measured by a [[deadline]] in rules/ that names these events"
    elif practice.is_owed:
        after = f"measured by {practice.measured_by}, as [practices] in rules/ says"
    else:
        after = f"measured by {practice.measured_by}"
    return f"  {practice.number:>2}  {practice.name}. {practice.question} {after}"


def _or_action(practice: Practice) -> str:
    if not practice.actions:
        return ""
    kinds = " or ".join(practice.actions)
    return f"; or write down what was decided as an action ({kinds}): case-audit action add"


def _data(covered: Covered) -> dict[str, object]:
    practice = covered.practice
    return {
        "number": practice.number,
        "name": practice.name,
        "question": practice.question,
        "state": covered.state,
        "measured_by": BY_ACTIONS if covered.by_actions else practice.measured_by,
        "needs": list(practice.needs),
        "missing": list(covered.missing),
    }
