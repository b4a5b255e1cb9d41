"""The frame of the dashboard: every file of `views/` is a page in the menu above."""

import ast
import re

import streamlit as st

from dashboard import frame

_NAMED = re.compile(r"\d\d_([a-z_]+)\.py")


def pages() -> list[st.Page]:
    """One page per file named like `10_audit.py`, in the order of their numbers."""
    found: list[st.Page] = []
    for path in sorted(frame.VIEWS.iterdir()):
        named = _NAMED.fullmatch(path.name)
        if named is None:
            continue
        words = named[1].replace("_", " ").capitalize()
        question = ast.get_docstring(ast.parse(path.read_text("utf-8")))
        found.append(
            st.Page(path, title=words, url_path=named[1], default=not found, help=question)
        )
    return found


page = st.navigation(pages(), position="top")
frame.begin(page.title)
page.run()
