"""A sweep: one notebook run with many parameter sets, which a file names, crosses or draws seeds for.

The file is read and checked whole, every fault at once, before the first run starts.
"""

import itertools
import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from strictruns.parameters import Parameter, check_values, parse_parameters, read_parameters
from strictruns.plans import Plan, check_plan
from strictruns.project import Project

MOST_RUNS = 20_000  # runs in one sweep
LONGEST = 120  # characters of the name of a run
SEED = "seed"  # the parameter that `seeds` fills
SWEEP_PARTS = {  # what a YAML file may hold
    "notebook": (str, "the name of a notebook"),
    "title": (dict, "a text per language"),
    "parameters": (dict, "parameters with the value they have in every run"),
    "runs": (list, "a list of runs, each with `run`, its name, and parameters"),
    "grid": (dict, "parameters with a list of values each, all combinations of which are run"),
    "seeds": (int | list, "how many seeds, from 1, or a list of them"),
    "numbers": (list, "names of numbers to draw; * stands for any letters"),
}


@dataclass(frozen=True)
class Sweep:
    """A sweep, checked.

    Parameters
    ----------
    name : str
        Name of the file, and of the folder of its results.
    notebook : Path
        The notebook.
    declared : mapping of str to Parameter
        Its parameters.
    runs : mapping of str to mapping
        Per run the values that differ from the notebook's own.
    title : mapping of str to str
        What the sweep asks, per language.
    numbers : tuple of str
        Patterns of the numbers to draw; empty for all.
    """

    name: str
    notebook: Path
    declared: Mapping[str, Parameter]
    runs: Mapping[str, Mapping[str, Any]]
    title: Mapping[str, str] = field(default_factory=dict)
    numbers: tuple[str, ...] = ()

    def values(self, run: str) -> dict[str, Any]:
        """Return what the varying parameters are in one run; files by their name, without folders."""
        found = {name: self.runs[run].get(name, self.declared[name].default) for name in self.varying}
        return {name: _shown(name, value) for name, value in found.items()}

    @cached_property
    def varying(self) -> list[str]:
        """The parameters that are not the same in every run, in the order of the notebook."""
        used = {name for values in self.runs.values() for name in values}
        defaults = {name: self.declared[name].default for name in used}
        return [
            name
            for name in self.declared
            if name in used
            and len({repr(values.get(name, defaults[name])) for values in self.runs.values()}) > 1
        ]

    def plans(self, project: Project, *, language: str, **options: Any) -> list[Plan]:
        """Check every run, and that the files it names are there.

        Raises
        ------
        ValueError
            With a line per run that does not fit.
        """
        plans, problems = [], []
        for run, values in self.runs.items():
            try:
                plans.append(
                    check_plan(project, self.notebook, values, run=run, languages=[language], **options)
                )
            except (ValueError, FileNotFoundError) as error:
                problems += [f"run {run}: {line}" for line in str(error).splitlines()]
        _stop(self.name, problems)
        return plans


def read_sweep(file: str | Path, *, project: Project, notebook: str = "") -> Sweep:
    """Read a sweep from a YAML or CSV file, and check it whole.

    Parameters
    ----------
    file : str or Path
        YAML (.yaml, .yml): `notebook`, and one or more of `runs` (a list of named runs), `grid` (values per
        parameter) and `seeds` (how many, or which); every named run is done at every point of the grid with
        every seed. `parameters` are the same in every run; `title` (a text per language) and `numbers`
        (patterns of those to draw) are for the overview. CSV: a column `run`, the other columns are
        parameters; an empty cell leaves one as the notebook has it.
    project : Project
        Where notebooks are looked up.
    notebook : str
        Name or path of the notebook, for a CSV file, which cannot say it.

    Returns
    -------
    Sweep

    Raises
    ------
    ValueError, FileNotFoundError
        With one line per fault, which names row, run and parameter.
    """
    path = Path(file)
    if path.suffix.lower() == ".csv":
        if not notebook:
            raise ValueError(f"{path.name}: expected the name of a notebook beside a CSV file; found none")
        place = project.find_notebook(notebook)
        declared = read_parameters(place)
        runs, rest = _runs_of_table(path, declared), {}
    else:
        facts = _read_yaml(path)
        if notebook:
            raise ValueError(f"{path.name}: expected the notebook in the file alone; found {notebook!r} too")
        place = project.find_notebook(facts["notebook"])
        declared = read_parameters(place)
        runs = _crossed(path.name, facts, declared)
        rest = {"title": facts.get("title", {}), "numbers": tuple(facts.get("numbers", ()))}
    return Sweep(path.stem, place, declared, runs, **rest)


def _stop(where: str, problems: Sequence[str]) -> None:
    if problems:
        raise ValueError("\n".join(f"{where}: {problem}" for problem in problems))


def _runs_of_table(path: Path, declared: Mapping[str, Parameter]) -> dict[str, dict[str, Any]]:
    """Read a CSV file: a row is a run."""
    from expect import read_table

    runs, problems = {}, []
    rows = read_table(path, "a table with a column `run`").to_dict("records")
    for line, row in enumerate(rows, start=2):
        run = str(row.pop("run", ""))
        where = f"row {line}, run {run}" if run else f"row {line}"
        problems += [f"{where}: {problem}" for problem in _name_problems(run, runs)]
        texts = {name: text for name, text in row.items() if text}
        runs[run], wrong = _checked(where, lambda texts=texts: parse_parameters(texts, declared))
        problems += wrong
    _stop(path.name, problems or ([] if runs else ["expected a column `run` and a row per run; found none"]))
    return runs


def _checked(where: str, values: Any) -> tuple[dict[str, Any], list[str]]:
    """Return values, or what is wrong with them, each line with its place."""
    try:
        return values() or {}, []
    except ValueError as error:
        return {}, [f"{where}: {line}" for line in str(error).splitlines()]


def _name_problems(run: Any, others: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(run, str) or not re.fullmatch(r"\w[\w.-]*", run) or len(run) > LONGEST:
        yield f"run: expected a name of letters, digits, - and _, at most {LONGEST}; found {run!r}"
    elif run.startswith(("index.", "numbers.", "datapackage.")):
        yield f"run: expected another name than those of the files of a sweep; found {run!r}"
    elif run in others:
        yield f"run: expected every name once; found {run!r} again"


def _read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML file, and check that it has the parts of a sweep."""
    import yaml

    class Strict(yaml.SafeLoader):
        """Refuses a key that comes twice, of which YAML would keep the last."""

        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
            keys = [key.value for key, _ in node.value]
            if twice := sorted({key for key in keys if keys.count(key) > 1}):
                raise ValueError(f"line {node.start_mark.line + 1}: expected every key once; found {twice}")
            return super().construct_mapping(node, deep)

    try:
        facts = yaml.load(path.read_text(encoding="utf8"), Loader=Strict)
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: expected YAML; found: {' '.join(str(error).split())}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path.name}: expected text in UTF-8; found other bytes") from None
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from None
    if not isinstance(facts, dict):
        raise ValueError(
            f"{path.name}: expected a sweep with {', '.join(SWEEP_PARTS)}; found {type(facts).__name__}"
        )
    _stop(path.name, list(_part_problems(facts)))
    return facts


def _part_problems(facts: Mapping[Any, Any]) -> Iterator[str]:
    for name in facts.keys() - SWEEP_PARTS.keys():
        near = get_close_matches(str(name), SWEEP_PARTS, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        yield f"{name}: unknown{hint}; expected some of {', '.join(SWEEP_PARTS)}"
    for name, (kind, what) in SWEEP_PARTS.items():
        value = facts.get(name, "" if kind is str else None)
        if name in facts and (not isinstance(value, kind) or isinstance(value, bool) or not value):
            yield f"{name}: expected {what}; found {value!r}"
    if "notebook" not in facts:
        yield "notebook: expected the name of a notebook; found none"
    if not facts.keys() & {"runs", "grid", "seeds"}:
        yield "expected runs, grid or seeds; found none of them"


def _crossed(where: str, facts: Mapping[str, Any], declared: Mapping[str, Parameter]) -> dict[str, dict]:
    """Return every named run at every point of the grid with every seed, by name."""
    axes, problems = _axes(facts, declared)
    shared, wrong = _checked("parameters", lambda: _fitting(facts.get("parameters", {}), declared))
    named, more = _named(facts.get("runs"), declared)
    _stop(where, problems + wrong + more)
    clash = [name for name in axes if name in shared or any(name in values for values in named.values())]
    _stop(where, [f"{name}: expected in one place; found in the grid and elsewhere" for name in clash])
    size = len(named)
    for values in axes.values():
        size *= len(values)
    if size > MOST_RUNS:
        raise ValueError(f"{where}: expected at most {MOST_RUNS:,} runs; found {size:,}")
    runs: dict[str, dict] = {}
    for (first, own), point in itertools.product(named.items(), itertools.product(*axes.values())):
        at = dict(zip(axes, point, strict=True))
        run = "_".join([*([first] if first else []), *(f"{name}-{_word(name, v)}" for name, v in at.items())])
        _stop(where, [f"{problem}; a CSV file can name every run" for problem in _name_problems(run, runs)])
        runs[run] = shared | own | at
    return runs


def _shown(name: str, value: Any) -> Any:
    """Return a value as anyone may see it."""
    return Path(value).name if name.endswith("_file") and isinstance(value, str) else value


def _word(name: str, value: Any) -> str:
    """Write a value as a part of the name of a folder."""
    return re.sub(r"[^\w.-]+", "-", str(_shown(name, value)))


def _fitting(values: Mapping[str, Any], declared: Mapping[str, Parameter]) -> dict[str, Any]:
    check_values(values, declared)
    return dict(values)


def _axes(facts: Mapping[str, Any], declared: Mapping[str, Parameter]) -> tuple[dict[str, list], list[str]]:
    """Return the values of every parameter that is crossed, and what is wrong with them."""
    axes, problems = dict(facts.get("grid", {})), []
    if "seeds" in facts:
        seeds = facts["seeds"]
        axes[SEED] = list(range(1, seeds + 1)) if isinstance(seeds, int) else seeds
        problems += ["seeds: expected in one place; found in the grid too"] * (SEED in facts.get("grid", {}))
    for name, values in axes.items():
        if not isinstance(values, list) or not values:
            problems.append(f"grid: {name}: expected a list of values; found {values!r}")
            continue
        if len({repr(value) for value in values}) < len(values):
            problems.append(f"grid: {name}: expected every value once; found {values}")
        for value in values:
            place = "seeds" if name == SEED and "seeds" in facts else "grid"
            problems += _checked(place, lambda name=name, value=value: _fitting({name: value}, declared))[1]
    return axes, list(dict.fromkeys(problems))


def _named(rows: list | None, declared: Mapping[str, Parameter]) -> tuple[dict[str, dict], list[str]]:
    """Return the named runs with their values (one without a name when there are none), and what is wrong."""
    named, problems = {}, []
    for number, row in enumerate(rows or (), start=1):
        if not isinstance(row, dict):
            problems.append(f"runs, row {number}: expected `run` and parameters; found {row!r}")
            continue
        run = row.get("run", "")
        where = f"runs, row {number}, run {run}" if run else f"runs, row {number}"
        problems += [f"{where}: {problem}" for problem in _name_problems(run, named)]
        values = {name: value for name, value in row.items() if name != "run"}
        named[str(run)], wrong = _checked(where, lambda values=values: _fitting(values, declared))
        problems += wrong
    return named or {"": {}}, problems
