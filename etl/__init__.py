"""Exports in, core tables out: readers, staging, rules and the store they are kept in."""
