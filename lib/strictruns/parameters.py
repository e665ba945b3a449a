"""The parameters of a notebook: what its parameters cell declares, and which values it allows."""

import ast
import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strictruns.notebooks import open_notebook

DECLARABLE = {"str": str, "int": int, "float": float, "bool": bool}
BOUND = r"([-+]?\d+(?:\.\d+)?)"


@dataclass(frozen=True)
class Parameter:
    """One line of a parameters cell: `name: type = default  # help`, with the rules that its help states."""

    name: str
    type: type
    default: Any
    help: str = ""
    choices: tuple = ()
    low: float = -math.inf
    high: float = math.inf

    @property
    def allowed(self) -> str:
        """What the parameter accepts, in words."""
        rule = f", one of: {', '.join(map(str, self.choices))}" if self.choices else ""
        rule += f", at least {self.low:g}" if self.low > -math.inf else ""
        rule += f", at most {self.high:g}" if self.high < math.inf else ""
        return self.type.__name__ + rule

    def problem(self, value: Any) -> str:
        """Say what is wrong with a value, or return an empty string; an int will do for a float."""
        kinds = (int, float) if self.type is float else self.type
        fits = isinstance(value, kinds) and isinstance(value, bool) == (self.type is bool)
        if fits and self.type in (int, float):
            fits = math.isfinite(value) and self.low <= value <= self.high
        if fits and (not self.choices or value in self.choices):
            return ""
        return f"{self.name}: expected {self.allowed}; found {value!r}"


def read_parameters(notebook: str | Path) -> dict[str, Parameter]:
    """Read the one cell tagged `parameters`, without running it.

    Parameters
    ----------
    notebook : str or Path
        Path of an .ipynb file. The comment behind a parameter may state a rule: `one of: a, b`,
        `between 1 and 5`, `at least 1`, `at most 5`; a semicolon ends a list.

    Returns
    -------
    dict of str to Parameter
        In the order of the cell.

    Raises
    ------
    ValueError
        If there is not exactly one such cell, a line is not an annotated literal, or a rule cannot be read or
        excludes its own default.
    """
    import papermill

    notebook = Path(notebook)
    node = read_notebook(notebook)
    cells = [c.source for c in node.cells if "parameters" in c.metadata.get("tags", ())]
    if len(cells) != 1:
        raise ValueError(f"{notebook.name}: expected one cell tagged `parameters`; found {len(cells)}")
    lines = papermill.inspect_notebook(node)
    try:
        named = [ast.unparse(getattr(s, "target", s)) for s in ast.parse(cells[0]).body]
        if named != list(lines):
            raise ValueError(f"found {', '.join(named)}; of these papermill reads {', '.join(lines)}")
        return {name: _parameter(**line) for name, line in lines.items()}
    except (SyntaxError, ValueError) as error:
        expected = "expected lines like `name: type = literal  # what it is; one of: a, b`"
        raise ValueError(f"{notebook.name}, parameters: {expected}; {error}") from None


def read_notebook(notebook: Path) -> Any:
    """Read a notebook, and name the kernel: papermill asks for it."""
    node = open_notebook(notebook)
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return node


def _parameter(name: str, inferred_type_name: str, default: str, help: str) -> Parameter:
    if inferred_type_name not in DECLARABLE or not help:
        raise ValueError(
            f"{name}: expected a comment and one of {', '.join(DECLARABLE)}; found {inferred_type_name}"
        )
    kind, rules = DECLARABLE[inferred_type_name], {}
    if match := re.search(r"one of: ([^;]+)", help):
        rules["choices"] = tuple(_parse_text(kind, choice.strip(" .")) for choice in match[1].split(","))
    for rule, names in {
        rf"between {BOUND} and {BOUND}": ("low", "high"),
        rf"at least {BOUND}": ("low",),
        rf"at most {BOUND}": ("high",),
    }.items():
        if match := re.search(rule, help):
            rules |= dict(zip(names, map(float, match.groups()), strict=True))
    if not rules and re.search(r"\b(one of|between|at least|at most)\b", help, re.IGNORECASE):
        raise ValueError(f"{name}: found a rule that cannot be read: {help!r}")
    parameter = Parameter(name, kind, ast.literal_eval(default), help, **rules)
    if problem := parameter.problem(parameter.default):
        raise ValueError(problem)
    return parameter


def _parse_text(kind: type, text: str) -> Any:
    forms = {int: r"[-+]?\d+", float: r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", bool: "true|false", str: ".*"}
    if re.fullmatch(forms[kind], text, re.IGNORECASE | re.DOTALL):
        return text.lower() == "true" if kind is bool else kind(text)
    point = "; write a point" if kind is float and re.fullmatch(r"[-+]?\d+,\d+", text) else ""
    raise ValueError(f"expected {kind.__name__}{point}; found {text!r}")


def _parse_value(parameter: Parameter, text: str) -> Any:
    try:
        value = _parse_text(parameter.type, text)
    except ValueError as error:
        raise ValueError(f"{parameter.name}: {error}") from None
    if problem := parameter.problem(value):
        raise ValueError(problem)
    return value


def parse_parameters(texts: Mapping[str, str], declared: Mapping[str, Parameter]) -> dict[str, Any]:
    """Turn texts from a command line or a file into values of the declared types.

    Parameters
    ----------
    texts : mapping of str to str
        Per parameter; a bool is `true` or `false`, a float has a decimal point.
    declared : mapping of str to Parameter
        As `read_parameters` returns them.

    Returns
    -------
    dict of str to value
        In the order of `texts`.

    Raises
    ------
    ValueError
        With one line per problem, as `check_values`.
    """
    values, problems = {}, []
    for name, text in texts.items():
        try:
            values[name] = _parse_value(declared[name], text) if name in declared else text
        except ValueError as error:
            problems.append(str(error))
    problems += _unknown(values, declared)
    if problems:
        raise ValueError("\n".join(problems))
    return values


def check_values(values: Mapping[str, Any], declared: Mapping[str, Parameter]) -> None:
    """Raise unless every value is allowed.

    Parameters
    ----------
    values : mapping of str to value
        A bool is not an int, an int will do for a float, a text is never a number.
    declared : mapping of str to Parameter
        As `read_parameters` returns them.

    Raises
    ------
    ValueError
        With one line per problem: an unknown name (and the nearest known one), a wrong type, a value outside
        what is allowed.
    """
    problems = [declared[name].problem(value) for name, value in values.items() if name in declared]
    if problems := [problem for problem in problems if problem] + _unknown(values, declared):
        raise ValueError("\n".join(problems))


def _unknown(values: Mapping[str, Any], declared: Mapping[str, Parameter]) -> list[str]:
    """Say of every name that is no parameter which ones there are, and which is nearest."""
    known = ", ".join(declared)
    near = {name: difflib.get_close_matches(name, declared, n=1) for name in values if name not in declared}
    hints = {name: f" (did you mean {names[0]}?)" if names else "" for name, names in near.items()}
    return [f"{name}: unknown parameter{hint}; expected one of {known}" for name, hint in hints.items()]
