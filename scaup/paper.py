"""Paper: what every page is written on: the style, the one script, the content policy, the templates.

A page is one file. It fetches nothing; its policy names the hashes of its style and of the script that sorts
tables, so that a browser runs and shows these and nothing that came with data.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path

import jinja2
from markupsafe import Markup

PAGES = Path(__file__).parent / "pages"


@lru_cache(maxsize=1)
def style() -> Markup:
    """The style sheet."""
    return Markup((PAGES / "style.css").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def script() -> Markup:
    """The script that sorts tables and filters boards: one, so that one hash names it."""
    return Markup("".join((PAGES / name).read_text(encoding="utf-8") for name in ("sort.js", "board.js")))


def policy() -> str:
    """The content policy: nothing but the style and the script above, known by their hashes."""
    return (
        f"default-src 'none'; style-src {_pinned(style())}; script-src {_pinned(script())}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _pinned(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def templates() -> jinja2.Environment:
    """The templates of this package: HTML, where everything that is put in is escaped."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(PAGES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.globals |= {"style": style(), "script": script(), "policy": policy()}
    return found
