"""Named checks that decide a claim: each compares what a document tells with what its inputs give.

A claim names one check; `inputs` are its arguments (grammar: `references`).  To add one, write a row of
claims.csv such as `equals` with `100 * figures.responses / figures.population`, and run
`loopbaanchecks claims`.

Verdicts: see `VERDICTS`.  What rests on a reading of ours is at best possible, at worst not found.

Power is the share of random claims that the check would have refused.  A random number has as many digits
and decimals as the printed one, or lies between 0 and 100 (percent) or 1 and 5 (mean_1_5), all as likely.
For an order it is the share of random orders.
"""

import ast
import inspect
import itertools
import math
import operator
import re
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np
import pandas as pd

import behindprint
from behindprint import Reported, counts_behind_percentages, sizes_behind_percentages
from expect import exact
from loopbaanchecks.claims.dates import Period, read_ends
from loopbaanchecks.claims.references import (
    STATISTICS,
    Facts,
    Number,
    as_printed,
    dotted,
    read_arguments,
    word,
)
from loopbaanchecks.claims.sentences import Phrase
from loopbaanchecks.comparison import compare_rows, exact_moments
from loopbaanchecks.language import LANGUAGES

VERDICTS = {  # and when each is given
    "reproduced": "calculated again from other printed numbers, and the same comes out",
    "possible": "an exact check could have excluded it and did not",
    "conditional": "excluded only under an assumption that the document does not print",
    "contradicted": "two printed places cannot both be true",
    "not_found": "something pointed at or announced was looked for and not found",
    "not_checkable": "needs what was not published",
    "present": "what is pointed at is there (references only)",
}
ANSWERS = ("observed", "simulated")  # marks of what a survey file says
UNIVERSES = {"percent": (0, 100), "mean_1_5": (1, 5)}  # between which a random number lies
DAYS_PER_YEAR = Fraction(36525, 100)
SAID_BY_NAME = set(STATISTICS) - {"behind"}  # a sentence names these; of the others it says the number
RELATIONS = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
READ = ("present", "possible", "conditional", "not_found")  # by a person; contradicted is always computed
NEAR = 5  # so many respondents more or fewer are tried for a row that does not fit


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    `verdict` one of `VERDICTS`; `recalculated` in printed notation, or ""; `power` 0-1 or None; `evidence`;
    `words` for its sentences (see `sentences.said`); `why`, `assumption` and `remark` name these sentences in
    vocabulary.csv, several with spaces between, `why` by default the check.
    """

    verdict: str
    recalculated: str = ""
    power: float | None = None
    evidence: str = "published"
    words: dict[str, object] = field(default_factory=dict)
    why: str = ""
    assumption: str = ""
    remark: str = ""


@dataclass
class Case:
    """One claim before its check: the row and the facts; remembers whether answers were used."""

    claim: pd.Series
    facts: Facts
    ddof: int
    evidence: str = ""

    def number(self, node: ast.expr) -> Number:
        """Return the number of an argument."""
        found = self.facts.number(node, self.claim)
        self.evidence = self.evidence or found.evidence
        return found

    def text(self, node: ast.expr) -> str:
        """Return the words of an argument."""
        return self.facts.text(node, self.claim)

    def shown(self, *nodes: ast.expr) -> str:
        """Return expressions with the printed numbers in the place of what they point at."""
        return "; ".join(ast.unparse(_Shown(self).visit(deepcopy(node))).replace("*", "×") for node in nodes)

    @property
    def told(self) -> Number:
        """The number that the claim tells."""
        return self.number(ast.Name("printed"))

    def item(self, node: ast.expr) -> pd.Series:
        """Return a row of the item and scale tables."""
        if (name := word(node)) not in self.facts.items.index:
            raise ValueError(f"expected an item of tables with means; found {name!r}")
        return self.facts.items.loc[name]

    def labels(self, names: Iterable[str]) -> tuple[list[str], list[str]]:
        """Return labels of variables or scales between quotation marks, in Dutch and in English."""
        book, items = self.facts.study.codebook.set_index("variable"), self.facts.items
        if strange := [name for name in names if name not in items.index and name not in book.index]:
            raise ValueError(f"expected variables of codebook.csv or scales; found {', '.join(strange)}")
        rows = [items.loc[name] if name in items.index else book.loc[name] for name in names]
        nl, en = ([f"‘{row[f'label_{language}']}’" for row in rows] for language in LANGUAGES)
        return nl, en

    def answers(self, variable: ast.expr | None) -> pd.Series | None:
        """Return the answers to a variable, or None without a file that has it."""
        if variable is None:
            return None
        name, responses = word(variable), self.facts.responses
        if name not in set(self.facts.study.codebook["variable"]):
            raise ValueError(f"variable: expected a variable of codebook.csv; found {name!r}")
        if responses is None or name not in responses or not responses[name].notna().any():
            return None
        self.evidence = self.facts.evidence
        return responses[name].dropna()


class _Shown(ast.NodeTransformer):
    """Puts the printed numbers in the place of what an expression points at."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def visit(self, node: ast.AST) -> ast.AST:
        count = isinstance(node, ast.Call) and word(node.func) not in SAID_BY_NAME
        if isinstance(node, ast.expr) and (dotted(node) or isinstance(node, ast.Constant) or count):
            return ast.Name(self.case.number(node).text.replace("-", "–"))
        if isinstance(node, ast.Call):
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])
        return self.generic_visit(node)


def decide(claim: pd.Series, facts: Facts, *, ddof: int) -> Outcome:
    """Give one claim its outcome.

    Parameters
    ----------
    claim : pandas.Series
        A row of claims.csv with a check.
    facts : Facts
        What its inputs point at.
    ddof : int
        Of printed standard deviations.

    Returns
    -------
    Outcome

    Raises
    ------
    ValueError
        If the check is unknown or its inputs are malformed; names the claim.

    Examples
    --------
    >>> from loopbaanchecks.study import Study
    >>> row = {"id": "a", "document": "report_2021", "list": "claims", "printed": "255", "value": "",
    ...        "unit": "", "read_as_en": "", "assumption_en": "", "same_defect_as": "",
    ...        "check": "equals", "inputs": "figures.complete + figures.partial"}
    >>> outcome = decide(pd.Series(row), Facts(Study(), pd.DataFrame([row]), rounding="either"), ddof=1)
    >>> outcome.verdict, outcome.recalculated
    ('contradicted', '254')
    """
    try:
        if claim["check"] not in CHECKS:
            raise ValueError(f"check: expected one of {', '.join(sorted(CHECKS))}; found {claim['check']!r}")
        function = CHECKS[claim["check"]]
        plain, named = read_arguments(claim["inputs"])
        case = Case(claim, facts, ddof)
        try:
            inspect.signature(function).bind(case, *plain, **named)
        except TypeError as error:
            raise ValueError(f"inputs: expected {inspect.signature(function)}; found {error}") from error
        outcome = function(case, *plain, **named)
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise ValueError(f"claim {claim['id']}: {error}") from error
    return replace(_fair(claim, outcome), why=outcome.why or claim["check"])


def _fair(claim: pd.Series, outcome: Outcome) -> Outcome:
    """Return the outcome within the rules: no more praise or blame than the claim allows."""
    verdict, evidence = outcome.verdict, outcome.evidence
    if claim["read_as_en"]:
        verdict = {"reproduced": "possible", "contradicted": "not_found"}.get(verdict, verdict)
        evidence = evidence if evidence in ANSWERS else "reading"
    if claim["assumption_en"] and outcome.verdict == "contradicted":
        verdict = "conditional"
    if claim["list"] == "references" and verdict in ("reproduced", "possible"):
        verdict = "present"
    return replace(outcome, verdict=verdict, evidence=evidence)


# --- numbers -----------------------------------------------------------------------------------------


def equals(
    case: Case,
    expression: ast.expr | None = None,
    *,
    variable: ast.expr | None = None,
    code: ast.expr | None = None,
    item: ast.expr | None = None,
) -> Outcome:
    """Check that an expression gives the number told: a printed place, a count, or a calculation.

    With a survey file that has `variable`, the number or share with `code` is compared, or the mean of `item`
    among these.  Without an expression only a file can tell.
    """
    if (answers := case.answers(variable)) is not None:
        return _from_answers(case, answers, code, item)
    if expression is None:
        names = [] if variable is None else [word(variable)]
        return Outcome("not_checkable", words={"variables": case.labels(names)})
    found, told = case.number(expression), case.told
    place = dotted(expression) is not None
    if place and not found.evidence and found.decimals == told.decimals:
        found = replace(found, span=found.ends)  # printed twice alike: equal or not
    called = isinstance(expression, ast.Call) and word(expression.func)
    counted = bool(called) and called not in STATISTICS
    kind = "answers" if found.evidence else "place" if place else "count" if counted else ""
    if not kind and called:
        kind = "statistic.percent" if case.claim["unit"] == "percent" else "statistic"
    why, words = ".".join(filter(None, ["equals", kind])), {"sum": case.shown(expression)}
    return _judge(case, found, evidence="published" if place or counted else "implied", why=why, words=words)


def _judge(case: Case, found: Number, *, evidence: str, why: str, words: dict | None = None) -> Outcome:
    """Compare a recalculated number with the one told."""
    told = case.told
    slack = Fraction(0) if told.ends == told.span else Fraction(1, 2 * 10**told.decimals)
    same = all(abs(a - b) <= slack for a, b in zip(found.ends, told.ends, strict=True))
    overlap = found.span[0] <= told.span[1] and told.span[0] <= found.span[1]
    verdict = "reproduced" if same else "possible" if overlap else "contradicted"
    whole = all(end.denominator == 1 for end in found.ends)
    places = told.decimals or (0 if same or whole else 2)
    again = "-".join(dict.fromkeys(as_printed(end, places) for end in found.ends))
    one = whole and len(set(found.ends)) == 1
    words = {"found": again, "count": int(found.ends[0]) if one else again, **(words or {})}
    return Outcome(verdict, again, _number_power(case, told, found), case.evidence or evidence, words, why)


def _number_power(case: Case, told: Number, found: Number) -> float:
    """Return the share of random printed numbers, or pairs of ends, that would have been refused."""
    unit = Fraction(1, 10**told.decimals)
    half = Fraction(0) if told.ends == told.span else unit / 2
    low, high = _universe(case, told.ends[1], unit)
    universe = int((high - low) / unit) + 1
    first, last = max(low, found.span[0] - half), min(high, found.span[1] + half)
    fits = max(math.floor((last - low) / unit) - math.ceil((first - low) / unit) + 1, 0)
    refused = 1 - fits / universe
    return 1 - (1 - refused) ** 2 if told.ends[0] != told.ends[1] else refused


def _universe(case: Case, like: Fraction, unit: Fraction) -> tuple[Fraction, Fraction]:
    """Return the ends between which a random number such as this one lies."""
    digits = len(str(int(abs(like))))
    least = Fraction(10 ** (digits - 1)) if digits > 1 else Fraction(0)
    return UNIVERSES.get(case.claim["unit"], (least, 10**digits - unit))


def _from_answers(
    case: Case, answers: pd.Series, code: ast.expr | None, item: ast.expr | None = None
) -> Outcome:
    """Compare the number told with the count, share or mean that the answers give."""
    if code is None:
        raise ValueError("inputs: expected code= beside variable=; found none")
    inside = answers.isin([int(part) for part in word(code).split(",")])
    value, scores = Fraction(int(inside.sum())), answers
    if item is not None:
        scores = case.facts.responses.loc[answers.index[inside], word(item)].dropna()
    if not len(scores):
        return Outcome("not_checkable", "", None, case.evidence, {}, "equals.answers")
    if item is not None:
        value = exact_moments(scores, ddof=0)[0]
    elif case.claim["unit"] == "percent":
        value = value * 100 / len(answers)
    n = {"n": len(answers)}
    return _judge(case, Number.of(value), evidence=case.evidence, why="equals.answers", words=n)


def percentage(
    case: Case,
    n: ast.expr,
    *others: ast.expr,
    variable: ast.expr | None = None,
    code: ast.expr | None = None,
) -> Outcome:
    """Check that whole counts out of n print the percentage and the others beside it.

    Power is the share of percentages that no count prints.  With a survey file as in `equals`.
    """
    if (answers := case.answers(variable)) is not None:
        return _from_answers(case, answers, code)
    size, rounding = int(case.number(n).value), case.facts.rounding
    texts = [case.told.text, *(case.text(other) for other in others)]
    kind = {"rounding": rounding, "exhaustive": len(texts) > 1}
    counts = counts_behind_percentages(texts, size, **kind)
    smaller = sizes_behind_percentages(texts, range(1, size), **kind)
    decimals = case.told.decimals
    universe = [as_printed(Fraction(i, 10**decimals), decimals) for i in range(100 * 10**decimals + 1)]
    kind["exhaustive"] = False
    fits = sum(len(counts_behind_percentages([p], size, **kind)) > 0 for p in universe)
    again = ", ".join(sorted({str(row[0]) for row in counts}, key=int))
    words = {"found": [int(row[0]) for row in counts], "n": size, "others": len(smaller)}
    verdict = "possible" if len(counts) else "contradicted"
    return Outcome(verdict, again, 1 - fits / len(universe), "implied", words)


# --- order and limits --------------------------------------------------------------------------------


def compares(case: Case, *comparisons: ast.expr) -> Outcome:
    """Check comparisons such as `table.a.mean > table.b.mean > 3`: all of them hold.

    Equal in print is possible when something was rounded.  Power: the share of random orders of the numbers
    that would be refused, or with limits that are numbers of ours of random numbers.
    """
    pairs = []
    for node in comparisons:
        if not isinstance(node, ast.Compare) or not {type(op) for op in node.ops} <= set(RELATIONS):
            raise ValueError(f"expected comparisons with < or >; found {ast.unparse(node)}")
        pairs += _pairs(node)
    if not pairs:
        raise ValueError("inputs: expected comparisons; found none")
    way = min(_related(case.number(a), relation, case.number(b)) for a, relation, b in pairs)
    verdict = {2: "reproduced", 1: "possible", 0: "contradicted"}[way]
    ours = any(_is_limit(side) for a, _, b in pairs for side in (a, b))
    power = _limit_power(case, pairs) if ours else _order_power(pairs)
    words = {"comparisons": _phrases(case, comparisons)}
    why = "compares.rounded" if way == 1 else "compares"
    return Outcome(verdict, case.shown(*comparisons), power, case.evidence or "published", words, why)


def _phrases(case: Case, comparisons: Iterable[ast.Compare]) -> list[Phrase]:
    """Return what is compared as phrases; numbers beside the same limit share one."""
    sides: dict[tuple, list[str]] = {}
    for node in comparisons:
        chain = _pairs(node)
        if len(chain) == 2 and {relation for _, relation, _ in chain} <= {operator.lt, operator.le}:
            chain = [(node.comparators[0], operator.contains, node.comparators[1], node.left)]
        for a, relation, *limits in chain:
            kind = "position" if "position" in (dotted(a) or ()) else "number"
            key = kind, relation.__name__, *map(case.shown, limits)
            sides.setdefault(key, []).append(case.shown(a))
    return [
        Phrase(f"compares.{kind}.{name}", {"left": left, "n": len(left), "right": right, "low": low})
        for (kind, name, right, *low), left in sides.items()
    ]


def _pairs(node: ast.Compare) -> list[tuple]:
    """Return the neighbours in a chain of comparisons, with their relation."""
    sides = itertools.pairwise([node.left, *node.comparators])
    return [(a, RELATIONS[type(op)], b) for (a, b), op in zip(sides, node.ops, strict=True)]


def _is_limit(side: ast.expr) -> bool:
    """Whether a side of a comparison is a number of ours."""
    return isinstance(side, ast.Constant) and not isinstance(side.value, str)


def _related(a: Number, relation: Callable, b: Number) -> int:
    """Return 2 when two numbers are certainly so related by print, 1 when possibly, 0 when not."""
    if relation in (operator.gt, operator.ge):
        a, b, relation = b, a, {operator.gt: operator.lt, operator.ge: operator.le}[relation]
    if relation(a.ends[1], b.ends[0]):
        return 2
    return int(relation(a.span[0], b.span[1]))


def _order_power(pairs: list[tuple]) -> float:
    """Return the share of random orders of the operands in which the comparisons do not all hold."""
    names = list(dict.fromkeys(ast.unparse(side) for a, _, b in pairs for side in (a, b)))
    if len(names) > 7:  # too many orders to try all: 10,000 of them, always the same
        ranks = np.random.default_rng(0).permuted(np.tile(np.arange(len(names)), (10_000, 1)), axis=1)
    else:
        ranks = np.array(list(itertools.permutations(range(len(names)))))
    place = {name: ranks[:, i] for i, name in enumerate(names)}
    holds = [relation(place[ast.unparse(a)], place[ast.unparse(b)]) for a, relation, b in pairs]
    return float(1 - np.all(holds, axis=0).mean())


def _limit_power(case: Case, pairs: list[tuple]) -> float:
    """Return the share of random sets of numbers that would not all lie beyond the limits."""
    fits: dict[str, np.ndarray] = {}
    for a, relation, b in pairs:
        if _is_limit(a) == _is_limit(b):
            raise ValueError("expected a limit beside every number, or none at all")
        side = b if _is_limit(a) else a
        value = case.number(side)
        unit = Fraction(1, 10 ** max(value.decimals, 2 if case.claim["unit"] in UNIVERSES else 0))
        low, high = _universe(case, value.ends[1], unit)
        grid = np.array([low + i * unit for i in range(int((high - low) / unit) + 1)])
        limit = case.number(a if side is b else b).value
        met = relation(limit, grid) if side is b else relation(grid, limit)
        fits[ast.unparse(side)] = fits.get(ast.unparse(side), True) & met
    return float(1 - math.prod(met.mean() for met in fits.values()))


def rank(
    case: Case,
    *names: ast.expr,
    place: ast.expr | None = None,
    table: ast.expr | None = None,
    among: ast.expr | None = None,
) -> Outcome:
    """Check that items stand at the `place` (top, bottom, or a rank from the top) of their table's means.

    Several items take the top or bottom places together, in any order.  `among` narrows the table to items
    with that beginning.  Power is the share of random orders in which they would not.
    """
    items, place = [word(name) for name in names], "top" if place is None else word(place)
    labels = case.labels(items)
    unprinted = [name for name in items if name not in case.facts.items.index]
    known = set() if case.facts.responses is None else set(case.facts.responses)
    if not set(unprinted) <= known:
        missing = [name for name in unprinted if name not in known]
        return Outcome("not_checkable", words={"items": case.labels(missing), "n": len(missing)})
    number = int(word(table)) if table is not None else int(case.item(names[0])["table"])
    rows = case.facts.items[case.facts.items["table"] == number]
    beginning = "" if among is None else word(among)
    pool = [*rows.loc[rows["item"].str.startswith(beginning), "item"], *unprinted]
    if strange := set(items) - set(pool):
        raise ValueError(f"expected items of table {number}; found {', '.join(sorted(strange))}")
    means = {name: _mean(case, name) for name in pool}
    k, m = len(items), len(pool)
    wanted = {"top": range(1, k + 1), "bottom": range(m - k + 1, m + 1)}
    if place not in wanted and not (place.isdigit() and k == 1):
        raise ValueError(f"place: expected top, bottom, or a rank for one item; found {place!r}")
    allowed = set(wanted.get(place) or [int(place)])
    ranks = [sum(other > means[name] for other in means.values()) + 1 for name in items]
    ties = [sum(other == means[name] for other in means.values()) - 1 for name in items]
    holds = all(allowed & set(range(r, r + t + 1)) for r, t in zip(ranks, ties, strict=True))
    words = {"items": labels, "n": k, "ranks": ranks, "of": m, "table": number}
    verdict, again = "reproduced" if holds else "contradicted", ", ".join(map(str, ranks))
    return Outcome(verdict, again, 1 - 1 / math.comb(m, k), case.evidence or "published", words)


def _mean(case: Case, name: str) -> Fraction:
    """Return the mean of an item: of the answers if there are any, otherwise as printed."""
    if (observed := case.facts.observed_mean(name)) is not None:
        case.evidence = case.facts.evidence
        return observed
    return Reported(case.facts.items.loc[name, "mean"]).value


# --- printed rows ------------------------------------------------------------------------------------


def mean_and_sd(case: Case, item: ast.expr, n: ast.expr) -> Outcome:
    """Check that answers of n respondents can print the mean and SD of a row; with a file, that they do.

    A row that does not fit is conditional: no number of answers is printed per row.  A row that could not
    fail, and a scale of an unknown number of items, are not checkable.  Power: `behindprint.power`.
    """
    row, size = case.item(item), int(case.number(n).value)
    if case.facts.observed_mean(row["item"]) is not None:
        return _row_again(case, row)
    if row["kind"] == "scale":
        return Outcome("not_checkable", evidence="implied", why="mean_and_sd.scale")
    choices = {"options": row["options"], "ddof": case.ddof, "rounding": case.facts.rounding}
    found = behindprint.verdict(row["mean_printed"], row["sd"], size, **choices)
    divisor, other = ("n − 1", "n")[:: 1 if case.ddof else -1]
    words = {"mean": row["mean_printed"], "sd": row["sd"], "n": size, "divisor": divisor, "other": other}
    outcome = Outcome("possible" if found.power else "not_checkable", "", found.power, "implied", words)
    if found.word == "contradicted":
        more, words["sizes"] = _mended(row["mean_printed"], row["sd"], size, choices)
        return replace(outcome, verdict="conditional", assumption="assumption.mean_and_sd" + more)
    if row["mean"] != row["mean_printed"]:
        restored = behindprint.verdict(row["mean"], row["sd"], size, **choices)
        if restored.word == "contradicted":
            more, words["sizes"] = _mended(row["mean"], row["sd"], size, choices)
            words["restored"] = row["mean"]
            return replace(outcome, remark="remark.restored_zero" + more)
    return outcome


def _mended(mean: str, sd: str, size: int, choices: dict) -> tuple[str, list[int]]:
    """Return the names of the sentences on what makes a row fit, and the numbers of answers that do."""
    sizes = range(max(size - NEAR, 2), size + NEAR + 1)
    near = behindprint.possible_sizes([(mean, sd)], sizes, **choices)["all"]
    other = behindprint.verdict(mean, sd, size, **{**choices, "ddof": 1 - choices["ddof"]}).word
    fits = [int(n) for n in near.index[near]]
    return " fits" * bool(fits) + " fits.divisor" * (other == "consistent"), fits


def _row_again(case: Case, row: pd.Series) -> Outcome:
    """Compare a row with the answers of the file."""
    again = compare_rows(
        row.to_frame().T, case.facts.responses, ddof=case.ddof, rounding=case.facts.rounding
    ).iloc[0]
    if again["verdict"] == "not_checkable":
        words = {"n": int(again["n"])}
        return Outcome("not_checkable", "", None, case.facts.evidence, words, "mean_and_sd.answers")
    mean, sd = (as_printed(exact(again[name]), 2) for name in ("mean_again", "sd_again"))
    words = {"mean": mean, "sd": sd, "n": int(again["n"])}
    return Outcome(again["verdict"], f"{mean}; {sd}", None, case.facts.evidence, words, "mean_and_sd.answers")


# --- words, lists and places -------------------------------------------------------------------------


def exists(case: Case, *things: ast.expr, section: ast.expr | None = None) -> Outcome:
    """Check that every thing is there: rows of data/, all in the `section` pointed at if one is given."""
    counts = [int(case.number(thing).value) for thing in things]
    if not all(counts):
        return Outcome("not_found", str(min(counts)), words={"count": 0})
    places = _sections(case, things)
    words = {"count": sum(counts), "places": ", ".join(places)}
    if section is None:
        why = "exists" if places else "exists.somewhere"
        return Outcome("reproduced", str(sum(counts)), words=words, why=why)
    words["target"] = word(section)
    verdict = "reproduced" if places == [words["target"]] else "contradicted"
    return Outcome(verdict, words["places"], words=words, why="exists.section")


def _sections(case: Case, things: Iterable[ast.expr]) -> list[str]:
    """Return the sections in which the rows are that things count."""
    places: dict[str, None] = {}
    for thing in things:
        if not (isinstance(thing, ast.Call) and word(thing.func) == "rows"):
            raise ValueError(f"expected rows(...) of something that may be there; found {ast.unparse(thing)}")
        filters = {keyword.arg: word(keyword.value) for keyword in thing.keywords}
        found = case.facts.select(word(thing.args[0]), case.claim["document"], filters)
        places |= dict.fromkeys(found.get("section", ()))
    return list(places)


def numbered(case: Case) -> Outcome:
    """Check that the number of the heading printed follows that of the heading before it."""
    headings, own = (
        list(case.facts.frame("sections", case.claim["document"])["section"]),
        case.claim["printed"],
    )
    if own not in headings[1:]:
        raise ValueError(f"expected a section of sections.csv with one before it; found {own!r}")
    before = headings[headings.index(own) - 1]
    *chapter, last = before.split(".")
    due = ".".join([*chapter, str(int(last) + 1)])
    return Outcome("reproduced" if own == due else "contradicted", due, words={"due": due, "before": before})


def same_words(case: Case, other: ast.expr) -> Outcome:
    """Check that another printed place has the same words, whatever the case or the punctuation."""
    texts = [case.claim["printed"], case.text(other)]
    words = [re.findall(r"\w+", text.casefold()) for text in texts]
    return Outcome(
        "reproduced" if words[0] == words[1] else "contradicted", texts[1], words={"found": texts[1]}
    )


def options(case: Case, questions: ast.expr, *asked: ast.expr) -> Outcome:
    """Check that the questions of a block, or one variable, have one of the words among their answers.

    Power: the share of the other lists of answers in the questionnaire that have none.
    """
    book, name = case.facts.study.codebook, word(questions)
    book = book[book["type"].isin(("scale", "single", "multiple"))]
    rows = book[book["variable"] == name]
    rows = rows if len(rows) else book[book["block"].str.startswith(name)]
    if rows.empty:
        raise ValueError(f"expected a variable or block of codebook.csv with options; found {name!r}")
    words = [word(one) for one in asked]

    def holds(answers: str) -> bool:
        return any(one in answers.split(";") for one in words)

    lists = rows["options_nl"].unique()
    others = [one for one in book["options_nl"].unique() if one not in lists]
    power = 1 - sum(map(holds, others)) / len(others)
    again = tuple(
        " | ".join(rows[f"options_{language}"].str.replace(";", ", ").unique()) for language in LANGUAGES
    )
    verdict = "reproduced" if all(map(holds, lists)) else "contradicted"
    return Outcome(verdict, again[0], power, words={"answers": again})


def read_in_print(case: Case, outcome: ast.expr, date: ast.expr) -> Outcome:
    """Give what a person found who read the two printed places of the row, on a date.

    For what no computation decides.  It is never reproduced and never contradicted.
    """
    verdict, day = word(outcome), word(date)
    if verdict not in READ or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise ValueError(f"expected one of {', '.join(READ)}, and a date; found {verdict!r}, {day!r}")
    places = dict.fromkeys(filter(None, (case.claim["place_1"], case.claim["place_2"])))
    if not places:
        raise ValueError("place_1: expected where it was read; found nothing")
    return Outcome(verdict, evidence="reading", words={"n": len(places), "places": "; ".join(places)})


# --- dates -------------------------------------------------------------------------------------------


def dates(
    case: Case,
    *texts: ast.expr,
    within: ast.expr | None = None,
    lasts: ast.expr | None = None,
    year: ast.expr | None = None,
) -> Outcome:
    """Check dates in Dutch words (`periods`): they follow each other, lie `within` a period or last so long.

    A date is a printed place or text in quotes; `+` a number makes it so many calendar months later.  `year`
    is for dates without one; `lasts` is a number of months, to the nearest, of one date or from one to
    another.  Power: the share of random orders, of the days of a year, or of lengths up to a year refused.
    """
    default = None if year is None else int(word(year))
    told = [_ends(case, node, default) for node in texts]
    whole = [Period(begin.first, end.last) for begin, end in told]
    if lasts is not None:
        return _lasts(*(told[0] if len(told) == 1 else whole), case.number(lasts).value)
    if within is not None:
        begin, end = _ends(case, within, default)
        period = Period(begin.first, end.last)
        certain = all(period.first <= one.first and one.last <= period.last for one in whole)
        may = all(one.first <= period.last and period.first <= one.last for one in whole)
        passed = math.prod(min((period.days + one.days - 1) / float(DAYS_PER_YEAR), 1) for one in whole)
        return _dated(certain, may, whole, 1 - passed, "within", period)
    pairs = list(itertools.combinations(whole, 2))
    certain, may = all(a.last <= b.first for a, b in pairs), all(a.first <= b.last for a, b in pairs)
    return _dated(certain, may, whole, 1 - 1 / math.factorial(len(whole)), "order")


def _ends(case: Case, node: ast.expr, year: int | None) -> tuple[Period, ...]:
    """Return when a date begins and ends."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        least, most = (int(end) for end in case.number(node.right).ends)
        return tuple(end.later(least, most) for end in _ends(case, node.left, year))
    return read_ends(case.text(node), year=year)


def _lasts(begin: Period, end: Period, months: Fraction) -> Outcome:
    """Return whether it is so many months, to the nearest, from one date to another."""
    month, half = DAYS_PER_YEAR / 12, Fraction(1, 2)
    low, high = ((b - a).days / month for a, b in ((begin.last, end.first), (begin.first, end.last)))
    again = list(dict.fromkeys(as_printed(length, 1) for length in (low, high)))
    certain = months - half <= low and high <= months + half
    may = low <= months + half and months - half <= high
    words = {"found": "–".join(again), "limit": int(as_printed(months, 0))}
    power = 1 - min(float(1 + high - low) / 12, 1)
    return Outcome(_certainly(certain, may), "-".join(again), power, "implied", words, "dates.lasts")


def _dated(
    certain: bool, may: bool, whole: list[Period], power: float, relation: str, *limits: Period
) -> Outcome:
    """Return how dates lie to each other, or to the limit."""
    words = {"found": _in_full(whole), "n": len(whole), "limit": _in_full(limits)}
    again = "; ".join(one.text for one in whole)
    return Outcome(_certainly(certain, may), again, power, "implied", words, f"dates.{relation}")


def _in_full(periods: Iterable[Period]) -> tuple[list[str], list[str]]:
    """Return dates in words, in Dutch and in English."""
    nl, en = ([one.in_full(language) for one in periods] for language in LANGUAGES)
    return nl, en


def _certainly(certain: bool, may: bool) -> str:
    return "reproduced" if certain else "possible" if may else "contradicted"


CHECKS: dict[str, Callable[..., Outcome]] = {
    function.__name__: function
    for function in (
        *(equals, percentage, compares, rank, mean_and_sd, dates),
        *(exists, numbered, same_words, options, read_in_print),
    )
}
