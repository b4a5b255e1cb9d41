"""Rules as data: deadlines, routes and commitments, from a workspace's files and presets."""

from etl.rules.deadline import ALWAYS, FOR_EVER, Deadline
from etl.rules.files import PRESETS, Commitment, Rules, presets, read_rules
from etl.rules.route import Route
from etl.rules.tables import as_table, tables

__all__ = [
    "ALWAYS",
    "FOR_EVER",
    "PRESETS",
    "Commitment",
    "Deadline",
    "Route",
    "Rules",
    "as_table",
    "presets",
    "read_rules",
    "tables",
]
