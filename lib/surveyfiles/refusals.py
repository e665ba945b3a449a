"""What a refusal says: what was found, in which rows, and what to write in a mapping file."""

from collections.abc import Iterator, Mapping

import pandas as pd

from expect import rows_named
from surveyfiles.answers import LETTERED, Variable
from surveyfiles.mapping import HINT

ALIKE = 3  # variables with the same trouble that get one sentence together
NAMED = 8  # of these, so many by name


def refusals(refused: pd.DataFrame, variables: Mapping[str, Variable]) -> Iterator[str]:
    """Yield one sentence per variable and rule that cells break; one for all where many share the value.

    Parameters
    ----------
    refused : pandas.DataFrame
        `variable`, `row`, `value`, `label`, `rule`: cells that do not fit.
    variables : mapping of str to Variable
        By name.
    """
    troubles: dict[tuple[str, str], list[tuple[str, str, pd.DataFrame]]] = {}
    for (name, rule), group in refused.groupby(["variable", "rule"], sort=False):
        found = _found(group)
        troubles.setdefault((rule.partition(":")[0], found), []).append((name, rule, group))
    for (kind, found), alike in troubles.items():
        value = alike[0][2]["value"].iloc[0]
        if len(alike) >= ALIKE and "," not in found:
            rules = {rule for _, rule, _ in alike}
            cells = sum(len(group) for _, _, group in alike)
            said = rules.pop() if len(rules) == 1 else kind
            where = f"found {found} in {cells} cells, such as row {alike[0][2]['row'].iloc[0]}"
            yield f"{_names([name for name, _, _ in alike])}: {said}; {where}{_remedy(None, kind, value)}"
            continue
        for name, rule, group in alike:
            where = f"found {found} in {rows_named(group['row'])}"
            yield f"{variables[name].title}: {rule}; {where}{_remedy(variables[name], rule, value)}"


def _found(group: pd.DataFrame) -> str:
    values = group.drop_duplicates("value")
    shown = [
        f"{row.value!r}{f' labelled {row.label!r}' if row.label else ''}"
        for row in values.head(3).itertuples()
    ]
    return ", ".join(shown) + (", …" if len(values) > 3 else "")


def _names(names: list[str]) -> str:
    return (
        f"variables {', '.join(names[:NAMED])}{', …' if len(names) > NAMED else ''} ({len(names)} variables)"
    )


def _remedy(variable: Variable | None, rule: str, value: str) -> str:
    """Return what to write in a mapping file when a cell is no answer; of None, for all columns."""
    row = "*," if variable is None else f"{variable.source},{variable.name}"
    place = f"put {row} in a mapping file"
    if rule.startswith("outside"):
        option = variable.options[0] if variable is not None and variable.options else None
        pair = "" if option is None else f"; if it is an option, with recode such as {value}={option}"
        return f"; if {value} says that there is no answer, {place} with missing {value}{pair} ({HINT})"
    if rule.startswith("unknown code") and (lettered := LETTERED.fullmatch(value)):
        return f"; if {value} is {int(lettered[2])}, {place} with recode same, else with pairs ({HINT})"
    if rule.startswith(("unknown code", "text in")):
        return f"; {place} with missing {value} if that is no answer, or recode such as {value}=… ({HINT})"
    left = f"; or leave it out: put {variable.source},- in a mapping file" if variable is not None else ""
    return left


def grouped(problems: Mapping[str, str]) -> list[str]:
    """Return problems of variables, each once, with all variables that have it.

    Parameters
    ----------
    problems : mapping of str to str
        Problem by variable, as messages call it; "" for none.
    """
    titles: dict[str, list[str]] = {}
    for title, problem in problems.items():
        if problem:
            titles.setdefault(problem, []).append(title)
    return [
        f"{', '.join(names[:NAMED])}{', …' if len(names) > NAMED else ''}"
        f"{f' ({len(names)} variables)' if len(names) > 1 else ''}: {problem}"
        for problem, names in titles.items()
    ]
