"""Propose a description of a case system from one of its exports; a person answers the rest."""
