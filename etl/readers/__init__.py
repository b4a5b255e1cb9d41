"""One file per kind of file: text rows with their line number, nothing typed."""
