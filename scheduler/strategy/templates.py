"""Playbook texts as Jinja: variables and plain `if`, in a sandbox, and nothing else.

Templates come from the bank's own playbooks; they see `Facts.values` only. Loops, calls, attributes,
arithmetic and imports are refused when the playbook is loaded.
"""

from __future__ import annotations

import difflib
from functools import cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from scheduler.strategy.facts import VARIABLES

_PERMITTED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


class TemplateError(ValueError):
    """What is wrong with a text."""


@cache
def _environment() -> SandboxedEnvironment:
    # A card is plain text that its reader's medium escapes; escaped here as well it would show "&amp;".
    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.filters.clear()
    environment.tests.clear()
    return environment


def compile_text(text: str) -> Template:
    """Check and compile one text. Raises TemplateError."""
    environment = _environment()
    try:
        tree = environment.parse(text)
    except TemplateSyntaxError as error:
        raise TemplateError(f"line {error.lineno}: {error.message}") from None
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, _PERMITTED):
            kind = type(node).__name__.lower()
            raise TemplateError(f"{kind} is not permitted: texts use {{{{ variables }}}} and plain if only")
    for name in sorted(find_undeclared_variables(tree)):
        if name not in VARIABLES:
            near = difflib.get_close_matches(name, VARIABLES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(VARIABLES))}"
            raise TemplateError(f"there is no variable {name}: {hint}")
    return environment.from_string(text)
