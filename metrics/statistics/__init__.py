"""Pure estimators: intervals, survival, control charts, comparisons."""
