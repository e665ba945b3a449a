"""What the inputs of a claim point at: numbers, rows, items and headings of data/ or of a survey file.

`inputs` of claims.csv is a list separated by `;`.  Each part is a reference, or `name=reference` for an
argument that has a name.  A reference to a number is one of

    97  4,10                      the number itself; with decimals it was rounded
    figures.<figure>              printed number of figures.csv
    table.<item>.<statistic>      mean, sd or count of a row of published.csv, a dropped zero restored
    behind.<figure>               whole number of respondents behind a percentage, when only one fits
    claim.<id>                    printed number of another claim
    <resource>.<id>.<column>      cell of a resource of datapackage.json, found by its first column
    <resource>.<id>.<low>-<high>  two cells as the ends of a range
    rows.<resource>?<filter>      number of rows that meet a filter
    distinct.<resource>.<column>?<filter>   number of different values in a column
    sum.<resource>.<column>?<filter>        sum of a column
    parts.<resource>.<id>.<column>          number of parts, separated by semicolons, in a cell

and sums and differences of these with ` + ` and ` - `, spaces included.  A filter is `column=value`,
`column!=value` or `column~text` (contains, in any case), joined by `&`; it may be left out.  With a survey
file `table` and `figures` give what the answers say instead of what was printed, where it has the variable.
"""

import json
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import pandas as pd

from behindprint import Reported, Rounding, counts_behind_percentages
from loopbaanchecks.comparison import exact_moments
from loopbaanchecks.scales import score_scales
from loopbaanchecks.study import Study, read_resource

ROUNDED_UNITS = {"percent", "mean_1_5"}  # whole numbers in these units were rounded as well
SHORTHANDS = ("figures", "table", "behind", "claim", "rows", "distinct", "sum", "parts")


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

    @property
    def value(self) -> Fraction:
        """The number itself; raises ValueError for a range."""
        if self.ends[0] != self.ends[1]:
            raise ValueError(f"expected one number; found the range {self.text}")
        return self.ends[0]

    @property
    def exact(self) -> bool:
        """Whether nothing was rounded."""
        return self.ends == self.span

    @property
    def text(self) -> str:
        """The number in Dutch print, a range with a dash."""
        low, high = (as_printed(end, self.decimals) for end in self.ends)
        return low if low == high else f"{low}-{high}"


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
    """Return a printed number with what it may stand for.

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
    >>> read_number("97", rounding="either").exact, read_number("4,10", rounding="either").exact
    (True, False)
    """
    reported = Reported(printed)
    ends = (reported.value, reported.value)
    if not (rounded or reported.decimals):
        return Number(ends, ends)
    interval = reported.interval(rounding)
    return Number(ends, (interval.low, interval.high), reported.decimals)


class Facts:
    """Everything that a reference can point at.

    Parameters
    ----------
    study : Study
        The documents.
    claims : pandas.DataFrame
        `id`, `printed`, `unit`; index ignored.
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
        self.minimum_answered = minimum_answered
        self.claims = claims.set_index("id")
        self._frames: dict[str, pd.DataFrame] = {}
        self.responses = None if observed is None else self._with_scores(observed)

    def _with_scores(self, observed: pd.DataFrame) -> pd.DataFrame:
        """Return the answers with a score for every scale whose items are all there."""
        scales = self.study.scales
        whole = scales.groupby("scale")["item"].transform(lambda items: items.isin(observed.columns).all())
        scores = score_scales(observed, scales[whole], minimum_answered=self.minimum_answered)
        return observed.join(scores[[name for name in scores if name not in observed]])

    @cached_property
    def items(self) -> pd.DataFrame:
        """Rows of the item and scale tables, by item."""
        return self.study.items.set_index("item", drop=False)

    @cached_property
    def complete(self) -> int:
        """Number of complete questionnaires."""
        return int(self.study.printed("complete"))

    def frame(self, resource: str) -> pd.DataFrame:
        """Return a resource of data/; raises ValueError for an unknown name."""
        if resource not in self._frames:
            self._frames[resource] = read_resource(resource, data=self.study.data)
        return self._frames[resource]

    def select(self, query: str) -> pd.DataFrame:
        """Return the rows of `<resource>?<filter>`.

        Raises
        ------
        ValueError
            If the resource or a column is unknown, or a condition is malformed.
        """
        resource, _, conditions = query.partition("?")
        rows = self.frame(resource)
        for condition in conditions.split("&") if conditions else ():
            match = re.fullmatch(r"(\w+)(!=|=|~)(.*)", condition)
            if match is None:
                raise ValueError(
                    f"filter: expected column=value, column!=value or column~text; found {condition!r}"
                )
            name, sign, value = match.groups()
            if name not in rows:
                raise ValueError(f"filter: expected a column of {resource}; found {name!r}")
            text = rows[name].map(_text).astype("str")
            met = text.str.contains(value, case=False, regex=False) if sign == "~" else text == value
            rows = rows[~met if sign == "!=" else met]
        return rows

    def cell(self, resource: str, key: str, column: str) -> str:
        """Return one cell as text, the row found by the first column of the resource."""
        rows = self.frame(resource)
        found = rows.index[rows.iloc[:, 0].astype("str") == key]
        if len(found) != 1 or column not in rows:
            raise ValueError(f"expected one cell {key}, {column} of {resource}; found {len(found)} rows")
        return _text(rows.loc[found[0], column])

    def number(self, reference: str) -> Number:
        """Return the number that a reference points at.

        Raises
        ------
        ValueError
            If the reference is malformed or points at nothing, or at no number.
        """
        first, *rest = re.split(r" ([+-]) ", reference)
        if rest:
            signs = [1, *(1 if sign == "+" else -1 for sign in rest[::2])]
            return added(
                [times(self.number(part), k) for part, k in zip([first, *rest[1::2]], signs, strict=True)]
            )
        if re.fullmatch(r"-?\d+(,\d+)?", reference):
            return read_number(reference, rounding=self.rounding)
        kind, _, rest = reference.partition(".")
        if kind in SHORTHANDS:
            return getattr(self, f"_{kind}")(rest)
        resource, key, columns = _path(reference)
        numbers = [
            read_number(self.cell(resource, key, c), rounding=self.rounding) for c in columns.split("-")
        ]
        first, last = numbers[0], numbers[-1]
        return Number(
            (first.ends[0], last.ends[1]), (first.span[0], last.span[1]), max(n.decimals for n in numbers)
        )

    def _figures(self, figure: str) -> Number:
        printed = self.study.printed(figure)
        row = self.study.figures.loc[figure]
        if self.responses is not None and row["variable"] in self.responses:
            answers = self.responses[row["variable"]].dropna()
            count = Fraction(int((answers == row["code"]).sum()))
            value = count * 100 / len(answers) if row["statistic"] == "share" else count
            return Number((value, value), (value, value), Reported(printed).decimals, self.evidence)
        return read_number(printed, rounding=self.rounding, rounded=row["unit"] in ROUNDED_UNITS)

    def _table(self, cell: str) -> Number:
        item, _, statistic = cell.partition(".")
        if statistic == "count":
            rows = self.study.published.query("item == @item and statistic == 'count'")
            if len(rows) != 1:
                raise ValueError(f"table: expected an item with one count; found {item!r}")
            return read_number(rows["printed"].iloc[0], rounding=self.rounding)
        if item not in self.items.index or statistic not in ("mean", "sd"):
            raise ValueError(f"table: expected <item>.mean, .sd or .count of published.csv; found {cell!r}")
        if statistic == "mean" and (mean := self.observed_mean(item)) is not None:
            return Number((mean, mean), (mean, mean), 2, self.evidence)
        return read_number(self.items.loc[item, statistic], rounding=self.rounding, rounded=True)

    def observed_mean(self, item: str) -> Fraction | None:
        """Return the mean of the answers to an item or of a scale; None without a file or answers."""
        if self.responses is None or item not in self.responses:
            return None
        answers = self.responses[item].dropna()
        return exact_moments(answers, ddof=0)[0] if len(answers) else None

    def _behind(self, figure: str) -> Number:
        printed = self.study.printed(figure)
        found = counts_behind_percentages([printed], self.complete, rounding=self.rounding, exhaustive=False)
        if len(found) != 1:
            raise ValueError(f"behind: expected one count behind {figure}; found {len(found)}")
        return _whole(int(found[0, 0]))

    def _claim(self, name: str) -> Number:
        if name not in self.claims.index:
            raise ValueError(f"claim: expected the id of a claim; found {name!r}")
        return told_number(self.claims.loc[name], rounding=self.rounding)

    def _rows(self, query: str) -> Number:
        return _whole(len(self.select(query)))

    def _column(self, query: str) -> pd.Series:
        path, _, conditions = query.partition("?")
        resource, _, column = path.rpartition(".")
        rows = self.select(f"{resource}?{conditions}" if conditions else resource)
        if column not in rows:
            raise ValueError(f"expected <resource>.<column>; found {query!r}")
        return rows[column]

    def _distinct(self, query: str) -> Number:
        return _whole(self._column(query).nunique())

    def _sum(self, query: str) -> Number:
        return added([read_number(_text(cell), rounding=self.rounding) for cell in self._column(query)])

    def _parts(self, path: str) -> Number:
        return _whole(sum(part.strip() != "" for part in self.cell(*_path(path)).split(";")))


def _text(cell: object) -> str:
    """Return a cell as text, a number in Dutch print."""
    return f"{cell:.12g}".replace(".", ",") if isinstance(cell, float) else str(cell)


def _whole(count: int) -> Number:
    """Return a count as a number."""
    return Number((Fraction(count),) * 2, (Fraction(count),) * 2)


def _path(reference: str) -> tuple[str, str, str]:
    """Return resource, key (dots and spaces allowed) and column of a reference to a cell."""
    match = re.fullmatch(r"([\w-]+)\.([\w. ]+)\.([\w-]+)", reference)
    if match is None:
        raise ValueError(f"expected a number or a reference to one; found {reference!r}")
    return match[1], match[2], match[3]


def times(number: Number, sign: int) -> Number:
    """Return a number with its sign kept (1) or turned (-1)."""
    if sign == 1:
        return number
    ends, span = ((-high, -low) for low, high in (number.ends, number.span))
    return Number(ends, span, number.decimals, number.evidence)


def added(numbers: list[Number]) -> Number:
    """Return the sum of numbers and ranges; the sum of none is 0."""
    ends = tuple(sum((n.ends[i] for n in numbers), Fraction(0)) for i in (0, 1))
    span = tuple(sum((n.span[i] for n in numbers), Fraction(0)) for i in (0, 1))
    marks = [n.evidence for n in numbers if n.evidence]
    return Number(ends, span, max((n.decimals for n in numbers), default=0), marks[0] if marks else "")


def split_inputs(inputs: str) -> tuple[list[str], dict[str, str]]:
    """Return the arguments of a claim without and with a name.

    Raises
    ------
    ValueError
        If a part is empty or a name stands twice.

    Examples
    --------
    >>> split_inputs("figures.complete; value=97")
    (['figures.complete'], {'value': '97'})
    """
    plain, named = [], {}
    for part in (part.strip() for part in inputs.split(";")) if inputs else ():
        match = re.fullmatch(r"([a-z_]+)=(.*)", part)
        if not part or (match and match[1] in named):
            raise ValueError(f"inputs: expected parts between semicolons, each name once; found {inputs!r}")
        if match:
            named[match[1]] = match[2]
        else:
            plain.append(part)
    return plain, named


def told_number(claim: pd.Series, *, rounding: Rounding) -> Number:
    """Return the number that a claim tells.

    It is `printed`, or where print has words or a range what `value=`, or `low=` and `high=`, in inputs say.

    Raises
    ------
    ValueError
        If there is no number.
    """
    named = split_inputs(claim["inputs"])[1]
    rounded = claim["unit"] in ROUNDED_UNITS
    texts = [named[key] for key in ("low", "high") if key in named] or [named.get("value", claim["printed"])]
    low, high = (read_number(texts[i], rounding=rounding, rounded=rounded) for i in (0, -1))
    decimals = max(low.decimals, high.decimals)
    return Number((low.ends[0], high.ends[1]), (low.span[0], high.span[1]), decimals)


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
