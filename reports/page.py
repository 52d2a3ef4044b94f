"""Self-contained pages: one file, its own script and style under their hashes, no request to anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from html import unescape
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from reports import words

_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
# Before all else: what needs a script has its size when the scripts after this one measure it.
_AWAKE = 'document.documentElement.classList.add("js");'


@cache
def environment() -> Environment:
    """Templates of this package: everything is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("reports", "templates"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "clock": words.clock,
        "km": words.kilometres,
        "minutes": words.minutes,
        "hours": words.hours,
        "href": safe_href,
    }
    return made


def safe_href(address: str) -> str:
    """A link's address, or "#" for one that would run code: relative, or http(s)."""
    scheme, colon, _ = address.partition(":")
    plain = not colon or "/" in scheme or scheme.casefold() in ("https", "http")
    return address if plain and not any(ord(character) < 0x21 for character in address) else "#"


@cache
def asset(name: str) -> str:
    """A text of reports/assets."""
    return files("reports").joinpath("assets", *name.split("/")).read_text("utf-8")


def lean(script: str) -> str:
    """A script of ours without indentation and comment lines; it has no text over several lines."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def data_block(data: Any) -> Markup:
    """JSON inside a script element that is never run. Nothing in it can end the element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    for mark, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(mark, escape)
    return Markup('<script type="application/json" id="data">') + Markup(text) + Markup("</script>")  # noqa: S704  escaped above


def render(
    template: str,
    *,
    title: str,
    language: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    data: Any = None,
    connect: str = "",
    images: str = "",
    inner: Mapping[str, str] | None = None,
    **context: Any,
) -> str:
    """A whole page. `styles` and `scripts` are texts of ours; `connect` and `images` widen the policy by an origin.

    `inner` is the policy of a page that will be opened within this one: what it needs is allowed beside.
    """
    style, script = "\n".join(styles), "\n;\n".join([_AWAKE, *scripts]) if scripts else ""
    beside = inner or {}
    policy = [
        "default-src 'none'",
        f"style-src {_hash(style)} {beside.get('style-src', '')}".strip(),
        f"script-src {_hash(script)} {beside.get('script-src', '')}".strip()
        if script
        else "script-src 'none'",
        f"img-src data: {images or beside.get('img-src', '').removeprefix('data:')}".strip(),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    if connect or "connect-src" in beside:
        policy.append(f"connect-src {connect or beside['connect-src']}")
    return (
        environment()
        .get_template(template)
        .render(
            title=title,
            language={"zh": "zh-CN"}.get(language, language),
            w=words.words(language),
            policy="; ".join(policy),
            style=Markup(style),  # noqa: S704  ours
            script=Markup(script),  # noqa: S704  ours
            data=data_block(data) if data is not None else "",
            **context,
        )
    )


def policy_of(page: str) -> dict[str, str]:
    """The directives of a page that `render` made, by name."""
    found = _POLICY.search(page)
    if found is None:
        raise ValueError("not a page of ours: it has no policy")
    directives = (part.strip().partition(" ") for part in unescape(found[1]).split(";"))
    return {name: rest.replace("'none'", "").strip() for name, _, rest in directives}


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
