"""One file per report format, each a function of a Release."""
