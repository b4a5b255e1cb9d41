"""The metrics, one declaration each."""
