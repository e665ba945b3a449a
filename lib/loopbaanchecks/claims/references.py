"""What the inputs of a claim point at: numbers, rows, items and headings of data/ or of a survey file.

`inputs` of claims.csv is what stands between the brackets of a call, in Python's notation but never run as
Python.  A number in it is one of four things, with `+ - * /` and brackets between them:

    100  4.5  "4,10"              a number of ours, exact; in quotes: as printed, so rounded
    figures.complete              a printed place: figures.<id>, claim.<id>, table.<item>.mean (sd, count),
                                  <resource>.<id> (its low to high, or what is printed there),
                                  <resource>.<id>.<column>; `printed` is the number of the claim itself
    rows("topics", group="employer")        a count: see COUNTS
    margin_of_error(figures.complete, 95, figures.population)    a statistic: see STATISTICS

A resource is one of datapackage.json, without its document when it is that of the claim.  A filter such as
group="employer" asks for that text, "!employer" for any other, "~employer" for a cell that contains it.
With a survey file `table` and `figures` give what the answers say, where it has the variable.
"""

import ast
import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce

import pandas as pd
from scipy import stats

from behindprint import Reported, Rounding, counts_behind_percentages
from expect import exact
from loopbaanchecks.comparison import exact_moments
from loopbaanchecks.pilots import Measurements, detectable_effect
from loopbaanchecks.sampling import margin_of_error, required_sample_size
from loopbaanchecks.scales import score_scales
from loopbaanchecks.study import Study, read_resource

ROUNDED_UNITS = {"percent", "mean_1_5"}  # whole numbers in these units were rounded as well
OPERATIONS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
COUNTS = {  # and how many words follow the resource
    "rows": 0,  # rows("topics", group="employer"): how many rows
    "distinct": 1,  # distinct("modules", "area"): how many different values
    "total": 1,  # total("published", "printed", table=1): the sum of a column
    "parts": 2,  # parts("sections", "2.4", "holds"): how many parts, between semicolons, a cell has
}


@dataclass(frozen=True)
class Number:
    """One number or range: `ends` as printed, `span` all that it may stand for, `decimals` of print.

    A whole count has four equal ends.  A rounded number has a span wider than its ends.  `evidence` is
    empty unless the number comes from a survey file.
    """

    ends: tuple[Fraction, Fraction]
    span: tuple[Fraction, Fraction]
    decimals: int = 0
    evidence: str = ""

    @classmethod
    def of(cls, value: float | Fraction, decimals: int = 0, evidence: str = "") -> "Number":
        """Return an exact number."""
        return cls((Fraction(value),) * 2, (Fraction(value),) * 2, decimals, evidence)

    def combined(self, other: "Number", operation: Callable) -> "Number":
        """Return an operation on two numbers that rises or falls in each.

        Examples
        --------
        >>> rounded = read_number("1,5", rounding="either")
        >>> [float(end) for end in rounded.combined(rounded, operator.add).span]
        [2.9, 3.1]
        """
        ends, span = (
            [operation(x, y) for x in a for y in b]
            for a, b in ((self.ends, other.ends), (self.span, other.span))
        )
        mark = self.evidence or other.evidence
        return Number(
            (min(ends), max(ends)), (min(span), max(span)), max(self.decimals, other.decimals), mark
        )

    @property
    def value(self) -> Fraction:
        """The number itself; raises ValueError for a range."""
        if self.ends[0] != self.ends[1]:
            raise ValueError(f"expected one number; found the range {self.text}")
        return self.ends[0]

    @property
    def text(self) -> str:
        """The number in Dutch print, a range with a dash."""
        places = self.decimals or (0 if all(end.denominator == 1 for end in self.ends) else 2)
        return "-".join(dict.fromkeys(as_printed(end, places) for end in self.ends))


def as_printed(value: Fraction, decimals: int) -> str:
    """Return a number in Dutch print, halves rounded away from zero.

    Examples
    --------
    >>> as_printed(Fraction(127, 15), 1), as_printed(Fraction(-1, 8), 2)
    ('8,5', '-0,13')
    """
    units = abs(value) * 10**decimals
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    digits = f"{whole:0{decimals + 1}d}"
    sign = "-" if value < 0 and whole else ""
    return sign + (f"{digits[:-decimals]},{digits[-decimals:]}" if decimals else digits)


def read_number(printed: str, *, rounding: Rounding, rounded: bool = False) -> Number:
    """Return a printed number, or a range with a dash between, with what it may stand for.

    Parameters
    ----------
    printed : str
        As printed, decimal comma.
    rounding : str
        How print rounded; see `reported.ROUNDING_RULES`.
    rounded : bool
        Whether a whole number was rounded too, as percentages are.

    Raises
    ------
    ValueError
        If the text is not a number.

    Examples
    --------
    >>> read_number("97", rounding="either").span == (97, 97), read_number("80-120", rounding="either").text
    (True, '80-120')
    """
    ends = [Reported(text) for text in printed.split("-", printed.count("-", 1))]
    spans = [
        (end.interval(rounding).low, end.interval(rounding).high)
        if rounded or end.decimals
        else (end.value,) * 2
        for end in ends
    ]
    first, last = ends[0], ends[-1]
    decimals = max(end.decimals for end in ends)
    return Number((first.value, last.value), (spans[0][0], spans[-1][1]), decimals)


def told_number(claim: pd.Series, *, rounding: Rounding) -> Number:
    """Return the number that a claim tells: `value` where print has words, `printed` elsewhere."""
    return read_number(
        claim["value"] or claim["printed"], rounding=rounding, rounded=claim["unit"] in ROUNDED_UNITS
    )


def read_arguments(inputs: str) -> tuple[list[ast.expr], dict[str, ast.expr]]:
    """Return the arguments of a claim without and with a name, as syntax trees.

    Raises
    ------
    ValueError
        If this is not what can stand between the brackets of a call.

    Examples
    --------
    >>> plain, named = read_arguments("figures.complete, code=2")
    >>> ast.unparse(plain[0]), ast.unparse(named["code"])
    ('figures.complete', '2')
    """
    try:
        call = ast.parse(f"f({inputs})", mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"inputs: expected arguments of a call; found {inputs!r}") from error
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        raise ValueError(f"inputs: expected arguments of a call; found {inputs!r}")
    return call.args, {keyword.arg or "**": keyword.value for keyword in call.keywords}


def dotted(node: ast.expr) -> list[str] | None:
    """Return the parts of a place such as figures.complete, or None for anything else."""
    if isinstance(node, ast.Name):
        return [node.id]
    before = dotted(node.value) if isinstance(node, ast.Attribute) else None
    return [*before, node.attr] if before else None


def word(node: ast.expr) -> str:
    """Return a word or text that stands for itself, with or without quotes."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError(f"expected a word; found {ast.unparse(node)}")


class Facts:
    """Everything that a reference can point at.

    Parameters
    ----------
    study : Study
        The documents.
    claims : pandas.DataFrame
        `id`, `printed`, `value`, `unit`; index ignored.
    rounding : str
        How print rounded.
    observed : pandas.DataFrame, optional
        One respondent per row, variables of the codebook as columns.
    evidence : {"observed", "simulated"}
        What the answers are.
    minimum_answered : int
        Answered items a respondent needs for the score of a scale.
    """

    def __init__(
        self,
        study: Study,
        claims: pd.DataFrame,
        *,
        rounding: Rounding,
        observed: pd.DataFrame | None = None,
        evidence: str = "observed",
        minimum_answered: int = 1,
    ) -> None:
        self.study, self.rounding, self.evidence = study, rounding, evidence
        self.claims = claims.set_index("id")
        self._frames: dict[str, pd.DataFrame] = {}
        self.responses = observed
        if observed is not None:
            scales = study.scales
            whole = scales.groupby("scale")["item"].transform(
                lambda items: items.isin(observed.columns).all()
            )
            scores = score_scales(observed, scales[whole], minimum_answered=minimum_answered)
            self.responses = observed.join(scores[[name for name in scores if name not in observed]])

    @cached_property
    def items(self) -> pd.DataFrame:
        """Rows of the item and scale tables, by item."""
        return self.study.items.set_index("item", drop=False)

    def frame(self, resource: str, document: str) -> pd.DataFrame:
        """Return a resource of data/; raises ValueError for an unknown name."""
        name = resource if "-" in resource else f"{document}-{resource}"
        if name not in self._frames:
            self._frames[name] = read_resource(name, data=self.study.data)
        return self._frames[name]

    def select(self, resource: str, document: str, filters: Mapping[str, str]) -> pd.DataFrame:
        """Return the rows of a resource that meet every filter; see the top of this module."""
        rows = self.frame(resource, document)
        for name, asked in filters.items():
            if name not in rows:
                raise ValueError(f"filter: expected a column of {resource}; found {name!r}")
            text, value = rows[name].map(_text).astype("str"), asked.lstrip("!~")
            met = text.str.contains(value, case=False, regex=False) if asked[:1] == "~" else text == value
            rows = rows[~met if asked[:1] == "!" else met]
        return rows

    def row(self, resource: str, key: str, document: str) -> pd.Series:
        """Return one row of a resource, found by its first column."""
        rows = self.frame(resource, document)
        found = rows[rows.iloc[:, 0].astype("str") == key]
        if len(found) != 1:
            raise ValueError(f"expected one row {key!r} of {resource}; found {len(found)}")
        return found.iloc[0]

    def cell(self, resource: str, key: str, column: str, document: str) -> str:
        """Return the text of one cell of a resource."""
        row = self.row(resource, key, document)
        if column not in row:
            raise ValueError(f"expected a column of {resource}; found {column!r}")
        return _text(row[column])

    def text(self, node: ast.expr, claim: pd.Series) -> str:
        """Return the words of a printed place; text in quotes stands for itself."""
        parts = dotted(node)
        if parts is None:
            return word(node)
        if parts == ["printed"]:
            return claim["printed"]
        if len(parts) not in (2, 3):
            raise ValueError(f"expected a printed place or text in quotes; found {ast.unparse(node)}")
        resource, key, column = [*parts, "printed"][:3]
        return self.cell("claims" if resource == "claim" else resource, key, column, claim["document"])

    def number(self, node: ast.expr, claim: pd.Series) -> Number:
        """Return the number that an expression stands for.

        Raises
        ------
        ValueError
            If the expression is malformed or points at nothing, or at no number.
        """
        match node:
            case ast.Constant(value=str(printed)):
                return read_number(printed, rounding=self.rounding)
            case ast.Constant(value=int(value) | float(value)) if not isinstance(value, bool):
                return Number.of(Fraction(str(value)))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return Number.of(0).combined(self.number(operand, claim), operator.sub)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATIONS:
                pair = self.number(left, claim), self.number(right, claim)
                return pair[0].combined(pair[1], OPERATIONS[type(op)])
            case ast.Call(func=ast.Name(id=name), args=args) if name in STATISTICS:
                return STATISTICS[name](*(self.number(argument, claim) for argument in args))
            case ast.Call(func=ast.Name(id=name), args=args, keywords=named) if name in COUNTS:
                return self._count(name, [*map(word, args)], {k.arg: word(k.value) for k in named}, claim)
        parts = dotted(node)
        if parts is None or len(parts) > 3 or (len(parts) == 1 and parts != ["printed"]):
            raise ValueError(f"expected a number, a printed place or a function; found {ast.unparse(node)}")
        return self._place(parts, claim)

    def _place(self, parts: Sequence[str], claim: pd.Series) -> Number:
        if parts == ["printed"]:
            return told_number(claim, rounding=self.rounding)
        resource, key, *column = parts
        if resource == "claim":
            if key not in self.claims.index:
                raise ValueError(f"claim: expected the id of a claim; found {key!r}")
            return told_number(self.claims.loc[key], rounding=self.rounding)
        if resource == "table":
            return self._table(key, *column)
        if column:
            return read_number(self.cell(resource, key, *column, claim["document"]), rounding=self.rounding)
        row = self.row(resource, key, claim["document"])
        if resource == "figures" and (seen := self._answered(row)) is not None:
            return seen
        pair = [_text(row[name]) for name in ("low", "high") if name in row and not pd.isna(row[name])]
        text, rounded = "-".join(dict.fromkeys(pair)) or row["printed"], row.get("unit", "") in ROUNDED_UNITS
        return read_number(text, rounding=self.rounding, rounded=rounded)

    def _answered(self, figure: pd.Series) -> Number | None:
        """Return what the answers say instead of a printed figure; None without them."""
        if self.responses is None or figure["variable"] not in self.responses:
            return None
        answers = self.responses[figure["variable"]].dropna()
        if not len(answers):
            return None
        count = Fraction(int((answers == figure["code"]).sum()))
        value = count * 100 / len(answers) if figure["statistic"] == "share" else count
        return Number.of(value, Reported(figure["printed"]).decimals, self.evidence)

    def _table(self, item: str, statistic: str = "") -> Number:
        if statistic == "count":
            rows = self.frame("report_2021-published", "").query("item == @item and statistic == 'count'")
            if len(rows) != 1:
                raise ValueError(f"table: expected an item with one count; found {item!r}")
            return read_number(rows["printed"].iloc[0], rounding=self.rounding)
        if item not in self.items.index or statistic not in ("mean", "sd"):
            raise ValueError(
                f"table: expected table.<item>.mean, .sd or .count; found table.{item}.{statistic}"
            )
        if statistic == "mean" and (mean := self.observed_mean(item)) is not None:
            return Number.of(mean, 2, self.evidence)
        return read_number(self.items.loc[item, statistic], rounding=self.rounding, rounded=True)

    def _count(self, name: str, args: list[str], filters: Mapping[str, str], claim: pd.Series) -> Number:
        resource, *rest = args
        if len(rest) != COUNTS[name]:
            raise ValueError(f"{name}: expected {COUNTS[name]} words after the resource; found {rest}")
        if name == "parts":
            cell = self.cell(resource, *rest, claim["document"])
            return Number.of(sum(part.strip() != "" for part in cell.split(";")))
        rows = self.select(resource, claim["document"], filters)
        if name == "rows":
            return Number.of(len(rows))
        if name == "distinct":
            return Number.of(rows[rest[0]].nunique())
        numbers = [read_number(_text(cell), rounding=self.rounding) for cell in rows[rest[0]]]
        return reduce(lambda a, b: a.combined(b, operator.add), numbers, Number.of(0))

    def observed_mean(self, item: str) -> Fraction | None:
        """Return the mean of the answers to an item or of a scale; None without a file or answers."""
        if self.responses is None or item not in self.responses:
            return None
        answers = self.responses[item].dropna()
        return exact_moments(answers, ddof=0)[0] if len(answers) else None


def _text(cell: object) -> str:
    """Return a cell as text, a number in Dutch print."""
    return f"{cell:.12g}".replace(".", ",") if isinstance(cell, float) else str(cell)


# --- statistics: each takes numbers ------------------------------------------------------------------


def _behind(percentage: Number, n: Number) -> Number:
    found = counts_behind_percentages([percentage.text], int(n.value), rounding="either", exhaustive=False)
    if len(found) != 1:
        raise ValueError(f"behind: expected one count behind {percentage.text} %; found {len(found)}")
    return Number.of(int(found[0, 0]))


def _level(confidence: Number, population: Number) -> dict[str, float]:
    return {"confidence": float(confidence.value / 100), "population": int(population.value)}


def _sample(margin: Number, *level: Number) -> Number:
    return Number.of(required_sample_size(float(margin.value / 100), **_level(*level)))


def _margin(n: Number, *level: Number) -> Number:
    return Number.of(exact(100 * margin_of_error(int(n.value), **_level(*level))))


def _confidence(margin: Number, n: Number, population: Number) -> Number:
    one_sd = margin_of_error(int(n.value), confidence=0.95, population=int(population.value)) / 1.959964
    low, middle, high = (
        exact(100 - 200 * stats.norm.sf(float(value) / 100 / one_sd))
        for value in (margin.span[0], margin.value, margin.span[1])
    )
    return Number((middle, middle), (low, high))


def _detectable(candidates: Number, *design: Number) -> Number:
    waves, attrition, correlation, alpha, power = (float(number.value) for number in design)
    plan = Measurements(waves=int(waves), attrition=attrition, correlation=correlation, alpha=alpha)
    seen = detectable_effect([int(end) for end in candidates.ends], design=plan, power=power)
    ends = sorted(exact(size) for size in seen["detectable_change_sd"])
    return Number((ends[0], ends[-1]), (ends[0], ends[-1]), 2, "simulated")


STATISTICS: dict[str, Callable[..., Number]] = {
    "behind": _behind,  # behind(figures.share_wo, 97): the only count behind a percentage
    "required_sample": _sample,  # required_sample(margin, confidence, population), in percent
    "margin_of_error": _margin,  # margin_of_error(n, confidence, population), in percent
    "confidence_behind": _confidence,  # confidence_behind(margin, n, population), in percent
    "detectable_change": _detectable,  # (candidates, waves, attrition, correlation, alpha, power), in SD
}


def read_claims(study: Study) -> pd.DataFrame:
    """Return the ledgers of every document in data/, one claim per row.

    Returns
    -------
    pandas.DataFrame
        The columns of claims.csv; the documents in the order of datapackage.json.
    """
    descriptor = json.loads((study.data / "datapackage.json").read_text(encoding="utf8"))
    names = [r["name"] for r in descriptor["resources"] if r["name"].endswith("-claims")]
    return pd.concat([read_resource(name, data=study.data) for name in names], ignore_index=True)
