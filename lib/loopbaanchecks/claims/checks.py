"""Named checks that decide a claim: each compares what a document tells with what its inputs give.

A claim names one check and its `inputs` (grammar: `references`); nobody types a verdict.  The verdicts:
`reproduced`, recalculated and the same; `consistent`, not excluded by an exact check or let through by a
weaker one; `contradicted`, cannot be, is worded otherwise elsewhere, or is not there; `not_checkable`, what
it takes is not in the material, often a survey file.

Power is the share of random claims that the check would have refused.  A random number has as many digits
and decimals as the printed one, or lies between 0 and 100 (percent) or 1 and 5 (mean_1_5), all as likely.
For an order it is the share of random orders, for a threshold of random means.  Whether something was asked,
exists or is printed has no power: it is empty there.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

import numpy as np
import pandas as pd

from behindprint import verdicts as consistency
from behindprint.percentages import counts_behind_percentages, sizes_behind_percentages
from behindprint.reported import Reported
from expect import check_one_of, exact, settled
from loopbaanchecks.claims.dates import Period, read_ends
from loopbaanchecks.claims.references import Facts, Number, as_printed, split_inputs, told_number
from loopbaanchecks.comparison import compare_rows, exact_moments
from loopbaanchecks.pilots.flow import Measurements, detectable_effect
from loopbaanchecks.sampling import margin_of_error, required_sample_size

VERDICTS = ("reproduced", "consistent", "contradicted", "not_checkable")
CONTRADICTIONS = ("arithmetic", "wording", "absent")
UNIVERSES = {"percent": (0, 100), "mean_1_5": (1, 5)}  # between which a random number lies
TELLS = ("value", "low", "high", "contradiction")  # named arguments that every check knows
MIDDLE_OF_MONTH, DAYS_PER_YEAR = 15, Fraction(36525, 100)
DAYS = {"days": Fraction(1), "weeks": Fraction(7), "months": DAYS_PER_YEAR / 12, "years": DAYS_PER_YEAR}


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    `verdict` one of `VERDICTS`; `recalculated` in printed notation, or ""; `power` 0-1 or None;
    `contradiction` one of `CONTRADICTIONS`, or "" unless contradicted; `evidence`; `words` for the sentence
    `why.<check>.<verdict>`: texts, or pairs (nl, en).
    """

    verdict: str
    recalculated: str = ""
    power: float | None = None
    contradiction: str = ""
    evidence: str = "published"
    words: dict[str, object] = field(default_factory=dict)


@dataclass
class Case:
    """One claim before its check: the row, the facts, and its arguments."""

    claim: pd.Series
    facts: Facts
    ddof: int
    arguments: list[str]
    named: dict[str, str]
    evidence: str = ""

    def number(self, position: int) -> Number:
        """Return the number of an argument."""
        found = self.facts.number(self.arguments[position])
        self.evidence = self.evidence or found.evidence
        return found

    def numbers(self, first: int = 0) -> list[Number]:
        """Return the numbers of all arguments from a place on."""
        return [self.number(i) for i in range(first, len(self.arguments))]

    def option(self, name: str) -> str:
        """Return a named argument that the check cannot do without."""
        if name not in self.named:
            raise ValueError(f"inputs: expected {name}=; found {self.claim['inputs']!r}")
        return self.named[name]

    @property
    def told(self) -> Number:
        """The number that the claim tells."""
        return told_number(self.claim, rounding=self.facts.rounding)

    def item(self, name: str) -> pd.Series:
        """Return a row of the item and scale tables."""
        if name not in self.facts.items.index:
            raise ValueError(f"expected an item of tables with means; found {name!r}")
        return self.facts.items.loc[name]

    def labels(self, names: Iterable[str]) -> tuple[str, str]:
        """Return labels of variables or scales, in Dutch and in English."""
        book, items = self.facts.study.codebook.set_index("variable"), self.facts.items
        if strange := [name for name in names if name not in items.index and name not in book.index]:
            raise ValueError(f"expected variables of codebook.csv or scales; found {', '.join(strange)}")
        rows = [items.loc[name] if name in items.index else book.loc[name] for name in names]
        return ", ".join(row["label_nl"] for row in rows), ", ".join(row["label_en"] for row in rows)


@dataclass(frozen=True)
class Check:
    """A registered check: its function, how many arguments it takes, and the names it knows."""

    function: Callable[[Case], Outcome]
    least: int
    most: float
    names: tuple[str, ...]


CHECKS: dict[str, Check] = {}


def check(name: str, *, least: int = 1, most: float = math.inf, names: tuple[str, ...] = ()):
    """Register a function as the check of that name.

    Parameters
    ----------
    name : str
        As in column `check` of claims.csv; each once.
    least, most : int
        How many arguments without a name it takes.
    names : tuple of str
        Named arguments it knows, besides `value`, `low` and `high`.
    """

    def register(function: Callable[[Case], Outcome]) -> Callable[[Case], Outcome]:
        if name in CHECKS:
            raise ValueError(f"check: expected every name once; found {name!r} twice")
        CHECKS[name] = Check(function, least, most, names)
        return function

    return register


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
    >>> row = {"id": "a", "check": "sum_of", "inputs": "97; 157", "printed": "255", "unit": ""}
    >>> facts = Facts(Study(), pd.DataFrame([row]), rounding="either")
    >>> outcome = decide(pd.Series(row), facts, ddof=1)
    >>> outcome.verdict, outcome.recalculated, outcome.contradiction
    ('contradicted', '254', 'arithmetic')
    """
    try:
        check_one_of("check", claim["check"], sorted(CHECKS))
        known = CHECKS[claim["check"]]
        arguments, named = split_inputs(claim["inputs"])
        if not known.least <= len(arguments) <= known.most:
            most = "or more" if known.most == math.inf else f"to {known.most}"
            raise ValueError(f"inputs: expected {known.least} {most} arguments; found {len(arguments)}")
        if strange := set(named) - {*known.names, *TELLS}:
            raise ValueError(f"inputs: expected names {', '.join((*known.names, *TELLS))}; found {strange}")
        return _named(known.function(Case(claim, facts, ddof, arguments, named)), named)
    except (ValueError, KeyError, ZeroDivisionError) as error:
        raise ValueError(f"claim {claim['id']}: {error}") from error


def _named(outcome: Outcome, named: dict[str, str]) -> Outcome:
    """Return the outcome with the kind of contradiction that the inputs name, if they do."""
    kind = named.get("contradiction", outcome.contradiction)
    if kind:
        check_one_of("contradiction", kind, CONTRADICTIONS)
    return replace(outcome, contradiction=kind) if outcome.verdict == "contradicted" else outcome


# --- numbers -----------------------------------------------------------------------------------------


def _judge(case: Case, found: Number, *, evidence: str, **values: object) -> Outcome:
    """Compare a recalculated number with the one told."""
    told = case.told
    slack = Fraction(0) if told.exact else Fraction(1, 2 * 10**told.decimals)
    same = all(abs(a - b) <= slack for a, b in zip(found.ends, told.ends, strict=True))
    overlap = found.span[0] <= told.span[1] and told.span[0] <= found.span[1]
    verdict = "reproduced" if same else "consistent" if overlap else "contradicted"
    whole = all(end.denominator == 1 for end in found.ends)
    places = told.decimals or (0 if same or whole else 2)
    texts = [as_printed(end, places) for end in dict.fromkeys(found.ends)]
    values = {"found": "-".join(texts), "parts": _listed(case), **values}
    wrong = "arithmetic" if verdict == "contradicted" else ""
    mark = case.evidence or evidence
    return Outcome(verdict, values["found"], _number_power(case, told, found), wrong, mark, values)


def _listed(case: Case) -> str:
    """Return the numbers behind the arguments, as printed."""
    texts = []
    for reference in case.arguments:
        try:
            texts.append(case.facts.number(reference).text)
        except ValueError:
            texts.append(reference)
    return "; ".join(texts)


def _number_power(case: Case, told: Number, found: Number) -> float:
    """Return the share of random printed numbers, or pairs of ends, that would have been refused."""
    unit = Fraction(1, 10**told.decimals)
    half = Fraction(0) if told.exact else unit / 2
    digits = len(str(int(abs(told.ends[1]))))
    least = Fraction(10 ** (digits - 1)) if digits > 1 else Fraction(0)
    low, high = UNIVERSES.get(case.claim["unit"], (least, 10**digits - unit))
    universe = int((high - low) / unit) + 1
    first, last = max(low, found.span[0] - half), min(high, found.span[1] + half)
    fits = max(math.floor((last - low) / unit) - math.ceil((first - low) / unit) + 1, 0)
    refused = 1 - fits / universe
    return 1 - (1 - refused) ** 2 if told.ends[0] != told.ends[1] else refused


def _corners(a: Number, b: Number, operation: Callable) -> Number:
    """Return an operation on two numbers that rises or falls in each."""
    ends = [operation(x, y) for x, y in itertools.product(a.ends, b.ends)]
    span = [operation(x, y) for x, y in itertools.product(a.span, b.span)]
    mark = a.evidence or b.evidence
    return Number((min(ends), max(ends)), (min(span), max(span)), max(a.decimals, b.decimals), mark)


def _folded(case: Case, operation: Callable, *, evidence: str = "implied") -> Outcome:
    """Fold the arguments with an operation and compare."""
    first, *rest = case.numbers()
    for other in rest:
        first = _corners(first, other, operation)
    return _judge(case, first, evidence=evidence)


@check("same_as", most=1)
def same_as(case: Case) -> Outcome:
    """Check that another place, or the answers, give the same number: equal where decimals are as many."""
    found = case.number(0)
    if not found.evidence and found.decimals == case.told.decimals:
        found = replace(found, span=found.ends)
    return _judge(case, found, evidence="published")


@check("rows_counted", most=1)
def rows_counted(case: Case) -> Outcome:
    """Check that as many rows, values or parts as told stand in data/."""
    return _judge(case, case.number(0), evidence="published")


@check("sum_of", least=2)
def sum_of(case: Case) -> Outcome:
    """Check that the arguments add up to the number told."""
    return _folded(case, lambda a, b: a + b)


@check("difference_of", least=2)
def difference_of(case: Case) -> Outcome:
    """Check that the first argument less all others is the number told."""
    return _folded(case, lambda a, b: a - b)


@check("ratio_of", least=2, most=2)
def ratio_of(case: Case) -> Outcome:
    """Check that the first argument over the second is the number told."""
    return _folded(case, lambda a, b: a / b)


@check("share_of", least=2, most=2)
def share_of(case: Case) -> Outcome:
    """Check that the first argument as a percentage of the second is the number told."""
    return _folded(case, lambda a, b: 100 * a / b)


@check("group_mean", least=4, names=("item", "variable", "code"))
def group_mean(case: Case) -> Outcome:
    """Check the mean of one of two groups: that of all, less the part of the other group.

    Arguments: mean and number of all, mean and number of the other group.  With a survey file: the mean of
    `item` among those with `code` on `variable`.
    """
    answers = _answers(case)
    scores = None if answers is None else case.facts.responses.get(case.option("item"))
    if scores is not None and len(
        inside := scores[answers.index[answers == int(case.option("code"))]].dropna()
    ):
        case.evidence = case.facts.evidence
        mean = exact_moments(inside, ddof=0)[0]
        return _judge(case, Number((mean,) * 2, (mean,) * 2), evidence="observed", n=len(inside))
    whole, n, other, m = case.numbers()
    size = n.value - m.value
    ends, span = (
        ((a[0] * n.value - b[1] * m.value) / size, (a[1] * n.value - b[0] * m.value) / size)
        for a, b in ((whole.ends, other.ends), (whole.span, other.span))
    )
    return _judge(case, Number(ends, span), evidence="implied", n=size)


@check("percentage_of", names=("others", "variable", "code"))
def percentage_of(case: Case) -> Outcome:
    """Check that whole counts out of the first argument print the percentage and the `others` beside it.

    Power is the share of percentages that no count prints.  With a survey file that has `variable`, the share
    of `code` (or codes, with commas) is compared instead.
    """
    if (answers := _answers(case)) is not None:
        codes = {int(code) for code in case.option("code").split(",")}
        value = Fraction(int(answers.isin(codes).sum()))
        value = value * 100 / len(answers) if case.claim["unit"] == "percent" else value
        case.evidence = case.facts.evidence
        return _judge(case, Number((value,) * 2, (value,) * 2), evidence="observed", n=len(answers))
    n, rounding = int(case.number(0).value), case.facts.rounding
    shares = [
        case.told,
        *(case.facts.number(name) for name in case.named.get("others", "").split("|") if name),
    ]
    texts = [share.text for share in shares]
    kind = {"rounding": rounding, "exhaustive": len(shares) > 1}
    counts = counts_behind_percentages(texts, n, **kind)
    others = [size for size in sizes_behind_percentages(texts, range(1, n + 1), **kind) if size != n]
    unit = Fraction(1, 10**case.told.decimals)
    universe = [as_printed(i * unit, case.told.decimals) for i in range(int(100 / unit) + 1)]
    fits = sum(
        len(counts_behind_percentages([p], n, rounding=rounding, exhaustive=False)) > 0 for p in universe
    )
    found = ", ".join(sorted({str(row[0]) for row in counts}, key=int))
    values = {"found": found, "n": n, "others": len(others)}
    word = "consistent" if len(counts) else "contradicted"
    wrong = "" if len(counts) else "arithmetic"
    return Outcome(word, found, 1 - fits / len(universe), wrong, "implied", values)


def _answers(case: Case) -> pd.Series | None:
    """Return the answers to the variable named, or None without a file that has it."""
    name, responses = case.named.get("variable"), case.facts.responses
    if name is not None and name not in set(case.facts.study.codebook["variable"]):
        raise ValueError(f"variable: expected a variable of codebook.csv; found {name!r}")
    if name is None or responses is None or name not in responses or not responses[name].notna().any():
        return None
    return responses[name].dropna()


@check("answered", least=0, most=0, names=("variable", "code"))
def answered(case: Case) -> Outcome:
    """Check how many, or which share (percent), of the answers to `variable` in a survey file are `code`."""
    if _answers(case) is None:
        return Outcome("not_checkable", words={"variable": case.option("variable")})
    return percentage_of(case)


@check("required_sample", least=3, most=3)
def required_sample(case: Case) -> Outcome:
    """Check the sample for a margin and confidence level (percent) from a population, with its correction."""
    margin, confidence, population = (case.number(i).value for i in range(3))
    level = {"confidence": float(confidence / 100)}
    n = required_sample_size(float(margin / 100), population=int(population), **level)
    without = required_sample_size(float(margin / 100), **level)
    return _judge(case, Number((Fraction(n),) * 2, (Fraction(n),) * 2), evidence="implied", without=without)


@check("margin_of_error", least=3, most=3)
def margin(case: Case) -> Outcome:
    """Check the margin of error of n, confidence level (percent) and population, with its correction."""
    n, confidence, population = (case.number(i).value for i in range(3))
    level = {"confidence": float(confidence / 100)}
    value = exact(100 * margin_of_error(int(n), population=int(population), **level))
    without = as_printed(exact(100 * margin_of_error(int(n), **level)), case.told.decimals)
    return _judge(case, Number((value,) * 2, (value,) * 2), evidence="implied", without=without)


@check("duration_between", least=2, most=2, names=("unit",))
def duration_between(case: Case) -> Outcome:
    """Check the time between two dates (year-month-day, or year-month for all of a month) in `unit`."""
    check_one_of("unit", case.named.get("unit"), DAYS)
    days = DAYS[case.named["unit"]]
    (a, b), (c, d) = (_date(text) for text in case.arguments)
    ends = tuple(Fraction((y - x).days) / days for x, y in ((a, c), (b, d)))
    span = (Fraction((c - b).days) / days, Fraction((d - a).days) / days)
    middle = (ends[0] + ends[1]) / 2
    slack = Fraction(1, 2) if days > 1 else Fraction(0)  # a duration in words is told to the nearest unit
    near = abs(middle - case.told.ends[0]) <= slack and case.told.exact
    place = case.told.ends if near and not case.named.get("low") else (middle, middle)
    exact = Number(place, (min(span[0], *place), max(span[1], *place)), 1)
    return _judge(case, exact, evidence="implied", exact=as_printed(middle, 1), unit=case.named["unit"])


def _date(text: str) -> tuple[date, date]:
    """Return the first and last day that a date text may stand for."""
    parts = [int(part) for part in text.split("-")] if text.replace("-", "").isdigit() else []
    if len(parts) == 3:
        return (date(*parts), date(*parts))
    if len(parts) == 2:
        first = date(*parts, 1)
        after = date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1)
        return first, date.fromordinal(after.toordinal() - 1)
    raise ValueError(f"expected a date as year-month-day or year-month; found {text!r}")


# --- order and thresholds ----------------------------------------------------------------------------


@check("rank_in_table", names=("place", "table", "among"))
def rank_in_table(case: Case) -> Outcome:
    """Check that the items stand at the `place` (top, bottom, or a rank from the top) of their table's means.

    Several items take the top or bottom places together, in any order.  `among` narrows the table to items
    with that beginning.  Power is the share of random orders in which they would not.
    """
    names, place = case.arguments, case.named.get("place", "top")
    if unprinted := [name for name in names if name not in case.facts.items.index]:
        case.labels(unprinted)  # raises for a name that is no variable
        if case.facts.responses is None or not set(unprinted) <= set(case.facts.responses):
            return Outcome("not_checkable", words={"items": case.labels(unprinted)})
    table = int(case.named["table"]) if "table" in case.named else int(case.item(names[0])["table"])
    rows = case.facts.items[case.facts.items["table"] == table]
    pool = [*rows.loc[rows["item"].str.startswith(case.named.get("among", "")), "item"], *unprinted]
    if strange := set(names) - set(pool):
        raise ValueError(f"expected items of table {table}; found {', '.join(sorted(strange))}")
    means = {name: _mean(case, name) for name in pool}
    ranks = [sum(other > means[name] for other in means.values()) + 1 for name in names]
    k, m = len(names), len(pool)
    wanted = {"top": range(1, k + 1), "bottom": range(m - k + 1, m + 1)}
    if place not in wanted and not (place.isdigit() and k == 1):
        raise ValueError(f"place: expected top, bottom, or a rank for one item; found {place!r}")
    allowed = wanted.get(place) or range(int(place), int(place) + 1)
    ties = [sum(other == means[name] for other in means.values()) - 1 for name in names]
    holds = all(set(allowed) & set(range(r, r + t + 1)) for r, t in zip(ranks, ties, strict=True))
    found = ", ".join(str(rank) for rank in ranks)
    values = {"items": case.labels(names), "ranks": found, "of": m, "table": table}
    return _holds(case, holds, found, 1 - 1 / math.comb(m, k), values)


def _mean(case: Case, name: str) -> Fraction:
    """Return the mean of an item: of the answers if there are any, otherwise as printed."""
    observed = case.facts.observed_mean(name)
    if observed is None:
        return case.facts.number(f"table.{name}.mean").value
    case.evidence = case.facts.evidence
    return observed


def _holds(case: Case, holds: bool, found: str, power: float | None, values: dict, **more: str) -> Outcome:
    """Return the outcome of a statement that holds or does not."""
    word = "reproduced" if holds else "contradicted"
    wrong = "" if holds else more.get("contradiction", "wording")
    mark = case.evidence or more.get("evidence", "published")
    return Outcome(word, found, power, wrong, mark, {"found": found, "parts": _listed(case), **values})


@check("above", least=2)
def above(case: Case) -> Outcome:
    """Check that every argument after the first, the limit, is larger than it."""
    return _beside(case, lambda number, limit: number > limit)


@check("below", least=2)
def below(case: Case) -> Outcome:
    """Check that every argument after the first, the limit, is smaller than it."""
    return _beside(case, lambda number, limit: number < limit)


@check("within_range", least=3)
def within_range(case: Case) -> Outcome:
    """Check that every argument after the first two, the ends, lies between them or on one."""
    low, high = case.number(0).value, case.number(1).value
    values = [number.value for number in case.numbers(2)]
    power = _threshold_power(case, len(values), lambda v: low <= v <= high)
    return _holds(case, all(low <= v <= high for v in values), _texts(case, 2), power, {})


def _beside(case: Case, compare: Callable[[Fraction, Fraction], bool]) -> Outcome:
    limit = case.number(0).value
    values = [number.value for number in case.numbers(1)]
    power = _threshold_power(case, len(values), lambda v: compare(v, limit))
    told = {"limit": case.number(0).text, "numbers": _texts(case, 1)}
    return _holds(case, all(compare(v, limit) for v in values), told["numbers"], power, told)


def _texts(case: Case, first: int) -> str:
    """Return the arguments from a place on as printed."""
    return "; ".join(number.text for number in case.numbers(first))


def _threshold_power(case: Case, k: int, fits: Callable[[Fraction], bool]) -> float | None:
    """Return the share of random sets of k numbers that would be refused; None without a known range."""
    if case.claim["unit"] not in UNIVERSES:
        return None
    low, high = UNIVERSES[case.claim["unit"]]
    grid = [Fraction(i, 100) for i in range(100 * low, 100 * high + 1)]
    return 1 - (sum(map(fits, grid)) / len(grid)) ** k


# --- printed rows ------------------------------------------------------------------------------------


@check("mean_and_sd", least=2, most=2, names=("statistic",))
def mean_and_sd(case: Case) -> Outcome:
    """Check that some answers of so many respondents print mean and SD; with a file, these answers do.

    Arguments: an item, and the number of respondents.  Power: `consistency.power`.
    """
    row, n = case.item(case.arguments[0]), int(case.number(1).value)
    if (found := _rows_again(case, row)) is not None:
        return found
    choices = {"options": row["options"], "ddof": case.ddof, "rounding": case.facts.rounding}
    outcome = consistency.verdict(row["mean"], row["sd"], n, **choices)
    values = {"mean": row["mean"], "sd": row["sd"], "n": n}
    wrong = "arithmetic" if outcome.word == "contradicted" else ""
    return Outcome(outcome.word, "", outcome.power, wrong, "implied", values)


def _rows_again(case: Case, row: pd.Series) -> Outcome | None:
    """Compare a row with the answers of the file; None without them."""
    if case.facts.observed_mean(row["item"]) is None:
        return None
    responses = case.facts.responses
    again = compare_rows(row.to_frame().T, responses, ddof=case.ddof, rounding=case.facts.rounding).iloc[0]
    mean, sd = (as_printed(exact(again[name]), 2) for name in ("mean_again", "sd_again"))
    found = {"mean": mean, "sd": sd}.get(case.named.get("statistic", ""), f"{mean}; {sd}")
    values = {"mean": mean, "sd": sd, "n": int(again["n"]), "found": found}
    wrong = "arithmetic" if again["verdict"] == "contradicted" else ""
    return Outcome(again["verdict"], found, None, wrong, case.facts.evidence, values)


@check("scale_bounds", least=2, most=2, names=("statistic",))
def scale_bounds(case: Case) -> Outcome:
    """Check that a scale can have this mean and SD; weak, as the number of items is not printed.

    Arguments: a scale, and the number of respondents.  Power: share of means on the scale, with SDs from 0
    to half its width, that no scores at all can have.
    """
    row, n = case.item(case.arguments[0]), int(case.number(1).value)
    if (found := _rows_again(case, row)) is not None:
        return found
    low, high = row["options"][0], row["options"][-1]
    mean, sd = Reported(row["mean"]).value, Reported(row["sd"]).interval(case.facts.rounding).low
    holds = sd**2 * (n - case.ddof) <= (mean - low) * (high - mean) * n
    means = np.arange(20 * low, 20 * high + 1)[:, None]  # in twentieths, as the SDs
    sds = np.arange(10 * (high - low) + 1)[None, :]
    power = float((sds**2 * (n - case.ddof) > (means - 20 * low) * (20 * high - means) * n).mean())
    values = {"mean": row["mean"], "sd": row["sd"], "n": n}
    word, wrong = ("consistent", "") if holds else ("contradicted", "arithmetic")
    return Outcome(word, "", power, wrong, "implied", values)


@check("most_above", least=3, most=3)
def most_above(case: Case) -> Outcome:
    """Check that more than half score above a limit: certain by mean and SD, whatever the scores (Cantelli).

    Arguments: the limit, an item or scale, the number of respondents.  With a file the share is counted.
    """
    limit, n = case.number(0).value, int(case.number(2).value)
    row = case.item(case.arguments[1])
    values = {"items": case.labels([row["item"]]), "limit": case.number(0).text}
    if case.facts.observed_mean(row["item"]) is not None:
        answers = case.facts.responses[row["item"]].dropna()
        share, case.evidence = Fraction(int((answers > limit).sum()), len(answers)), case.facts.evidence
        return _holds(case, share > Fraction(1, 2), as_printed(100 * share, 0), None, values)
    mean = Reported(row["mean"]).interval(case.facts.rounding).low - limit
    variance = Reported(row["sd"]).interval(case.facts.rounding).high ** 2 * Fraction(n - case.ddof, n)
    share = mean**2 / (mean**2 + variance) if mean > 0 else Fraction(0)
    found = as_printed(100 * share, 0)
    word = "reproduced" if share > Fraction(1, 2) else "consistent"
    return Outcome(word, found, None, "", "implied", {**values, "found": found})


# --- questionnaire and document ----------------------------------------------------------------------


def _asked(case: Case) -> pd.DataFrame:
    """Return one variable, or the questions of a block (or of all blocks with that beginning)."""
    book = case.facts.study.codebook
    rows = book[book["variable"] == case.arguments[0]]
    rows = rows if len(rows) else book[book["block"].str.startswith(case.arguments[0])]
    if rows.empty:
        raise ValueError(f"expected a variable or block of codebook.csv; found {case.arguments[0]!r}")
    return rows


@check("asked_in_questionnaire", least=2)
def asked_in_questionnaire(case: Case) -> Outcome:
    """Check that a question of a block, or one variable, has one of the words in its Dutch label."""
    rows, words = _asked(case), case.arguments[1:]
    found = rows[[any(word.casefold() in label.casefold() for word in words) for label in rows["label_nl"]]]
    asked = tuple("; ".join(found[f"label_{language}"]) for language in ("nl", "en"))
    values = {"words": ", ".join(words), "asked": asked, "of": len(rows)}
    return _holds(case, len(found) > 0, asked[0], None, values, contradiction="absent")


@check("answers_read_as", least=2)
def answers_read_as(case: Case) -> Outcome:
    """Check that the questions of a block, or one variable, have one of the words among their answers."""
    rows, words = _asked(case), case.arguments[1:]
    rows = rows[rows["type"].isin(("scale", "single", "multiple"))]
    if rows.empty:
        raise ValueError(f"expected questions with options; found {case.arguments[0]!r}")
    holds = all(any(word in answers.split(";") for word in words) for answers in rows["options_nl"])
    found = tuple(
        " | ".join(rows[f"options_{language}"].str.replace(";", ", ").unique()) for language in ("nl", "en")
    )
    return _holds(case, holds, found[0], None, {"words": ", ".join(words), "answers": found})


@check("printed_in_table")
def printed_in_table(case: Case) -> Outcome:
    """Check that every variable has a row of its own in a table."""
    labels = case.labels(case.arguments)
    absent = [name for name in case.arguments if name not in case.facts.items.index]
    values = {"items": case.labels(absent) if absent else labels}
    return _holds(
        case, not absent, str(len(case.arguments) - len(absent)), None, values, contradiction="absent"
    )


def _headings(case: Case) -> pd.DataFrame:
    """Return the headings of the document of a claim."""
    return case.facts.frame(f"{case.claim['document']}-sections").set_index("section", drop=False)


@check("cross_reference", most=1, names=("rows",))
def cross_reference(case: Case) -> Outcome:
    """Check that the section pointed at exists and, with `rows` (resource?filter), holds those."""
    target, sections = case.arguments[0], _headings(case)
    if target not in sections.index:
        nothing = {"target": target, "title": ("bestaat niet", "does not exist"), "places": "-"}
        return _holds(case, False, "", None, nothing, contradiction="absent")
    title = (sections.loc[target, "title_nl"], sections.loc[target, "title_en"])
    places = (
        list(case.facts.select(case.named["rows"])["section"].unique()) if "rows" in case.named else [target]
    )
    if not places:
        raise ValueError(f"rows: expected one or more rows; found none for {case.named['rows']!r}")
    values = {"target": target, "title": title, "places": ", ".join(places)}
    return _holds(case, places == [target], ", ".join(places), None, values)


@check("listed", least=2)
def listed(case: Case) -> Outcome:
    """Check that a section (first argument) holds every one of the things that follow."""
    target, *things = case.arguments
    sections = _headings(case)
    if target not in sections.index:
        raise ValueError(f"expected a section of sections.csv; found {target!r}")
    there = [thing.strip() for thing in sections.loc[target, "holds"].split(";")]
    absent = [thing for thing in things if thing not in there]
    title = (sections.loc[target, "title_nl"], sections.loc[target, "title_en"])
    words = {"things": ", ".join(absent or things), "target": target, "title": title}
    return _holds(case, not absent, "", None, words, contradiction="absent")


@check("numbered_in_order", least=2, most=2)
def numbered_in_order(case: Case) -> Outcome:
    """Check that the first section is numbered as the one after the second."""
    sections = list(_headings(case).index)
    if strange := set(case.arguments) - set(sections):
        raise ValueError(f"expected sections of sections.csv; found {', '.join(sorted(strange))}")
    before = [int(part) for part in case.arguments[1].split(".")]
    due = ".".join(str(part) for part in [*before[:-1], before[-1] + 1])
    return _holds(case, case.arguments[0] == due, due, None, {"due": due, "before": case.arguments[1]})


@check("announced", most=1)
def announced(case: Case) -> Outcome:
    """Check that what is announced is there: the rows that hold it are more than none."""
    count, query = int(case.number(0).value), case.arguments[0].removeprefix("rows.")
    return _holds(case, count > 0, str(count), None, {"count": count, "query": query}, contradiction="absent")


# --- dates, lists and counts in words ----------------------------------------------------------------
#
# Where these checks take a date it is Dutch text (`periods`), the printed words of a claim (claim.<id>) or a
# cell (<resource>.<id>.<column>); behind ` + ` come references to numbers of months, by which it is later.
# `year` is for dates without one.


def _argument(case: Case, name: str) -> str:
    """Return an argument that a check cannot do without."""
    if name not in case.named:
        raise ValueError(f"inputs: expected {name}=; found {case.claim['inputs']!r}")
    return case.named[name]


def _told_text(case: Case, reference: str) -> str:
    """Return the words of another claim or of a cell (resource.id.column); other text stands for itself."""
    if reference.startswith("claim."):
        if (name := reference.removeprefix("claim.")) not in case.facts.claims.index:
            raise ValueError(f"claim: expected the id of a claim; found {name!r}")
        return case.facts.claims.loc[name, "printed"]
    match = re.fullmatch(r"([\w]+-\w+)\.(\w+)\.(\w+)", reference)
    return case.facts.cell(*match.groups()) if match else reference


def _ends(case: Case, reference: str) -> tuple[Period, Period]:
    """Return when a date text begins and ends; numbers behind ` + ` are months later."""
    told, *delays = reference.split(" + ")
    year = int(case.named["year"]) if "year" in case.named else None
    ends = read_ends(_told_text(case, told), year=year)
    for delay in delays:
        least, most = (int(end) for end in case.facts.number(delay).ends)
        ends = tuple(end.later(least, most) for end in ends)
    return ends


def _when(case: Case, reference: str) -> Period:
    """Return all the days that a date text may stand for."""
    begin, end = _ends(case, reference)
    return Period(begin.first, end.last)


def _possible(
    case: Case, certain: bool, possible: bool, found: str, power: float | None, values: dict
) -> Outcome:
    """Return the outcome of a statement that must be, may be, or cannot be so."""
    word = "reproduced" if certain else "consistent" if possible else "contradicted"
    wrong = "" if possible else "arithmetic"
    return Outcome(word, found, power, wrong, "implied", {"found": found, **values})


@check("in_order", least=2, names=("year",))
def in_order(case: Case) -> Outcome:
    """Check that dates told in words follow each other; equal days count.  Power: of random orders."""
    dates = [_when(case, reference) for reference in case.arguments]
    pairs = list(itertools.combinations(dates, 2))
    certain = all(a.last <= b.first for a, b in pairs)
    possible = all(a.first <= b.last for a, b in pairs)
    texts = "; ".join(one.text for one in dates)
    return _possible(case, certain, possible, texts, 1 - 1 / math.factorial(len(dates)), {})


@check("within_period", names=("period", "year"))
def within_period(case: Case) -> Outcome:
    """Check that dates told in words lie in the period: all of them, or some of their days.

    Power: share of the starts in a year at which no day of a date this wide would be in the period.
    """
    period = _when(case, _argument(case, "period"))
    dates = [_when(case, reference) for reference in case.arguments]
    certain = all(period.first <= one.first and one.last <= period.last for one in dates)
    possible = all(one.first <= period.last and period.first <= one.last for one in dates)
    passed = math.prod(min((period.days + one.days - 1) / float(DAYS_PER_YEAR), 1) for one in dates)
    texts = "; ".join(one.text for one in dates)
    return _possible(case, certain, possible, texts, 1 - passed, {"period": period.text})


@check("starts_after_delay", least=2, most=2, names=("year",))
def starts_after_delay(case: Case) -> Outcome:
    """Check that the delay told, in calendar months after the first argument, can be the second argument.

    The delay is taken as told; the middle of a month is its middle ten days.  Power: share of the days in a
    year that would not fit.
    """
    least, most = (int(end) for end in case.told.ends)
    due, real = _when(case, case.arguments[0]).later(least, most), _when(case, case.arguments[1])
    certain = due.first <= real.first and real.last <= due.last
    possible = due.first <= real.last and real.first <= due.last
    power = 1 - min((due.days + real.days - 1) / float(DAYS_PER_YEAR), 1)
    return _possible(case, certain, possible, real.text, power, {"due": due.text})


@check("lasts", most=1, names=("year",))
def lasts(case: Case) -> Outcome:
    """Check that the period printed lasts as many months as the argument, to the nearest month.

    Power: share of lengths up to a year that would not fit.
    """
    begin, end = read_ends(
        case.claim["printed"], year=int(case.named["year"]) if "year" in case.named else None
    )
    months = case.number(0).value
    low, high = ((b - a).days / DAYS["months"] for a, b in ((begin.last, end.first), (begin.first, end.last)))
    least, most = months - Fraction(1, 2), months + Fraction(1, 2)
    found = "-".join(dict.fromkeys(as_printed(length, 1) for length in (low, high)))
    power = 1 - min(float(1 + high - low) / 12, 1)
    values = {"months": as_printed(months, 0)}
    return _possible(case, least <= low and high <= most, low <= most and least <= high, found, power, values)


@check("same_words", most=1)
def same_words(case: Case) -> Outcome:
    """Check that another claim or cell has the same words, whatever the case or the punctuation."""
    texts = [case.claim["printed"], _told_text(case, case.arguments[0])]
    words = [re.findall(r"\w+", text.casefold()) for text in texts]
    return _holds(case, words[0] == words[1], texts[1], None, {})


def _in_two(things: Iterable[str]) -> tuple[str, str]:
    """Return things told as Dutch/English (or the same in both) in one line for each language."""
    pairs = [thing.split("/") for thing in things]
    return ", ".join(pair[0] for pair in pairs) or "-", ", ".join(pair[-1] for pair in pairs) or "-"


@check("same_list", names=("other",))
def same_list(case: Case) -> Outcome:
    """Check that two places list the same things: arguments here, `other` (with |) there.

    A list that only leaves things out is consistent; if each holds something else they contradict.  Things
    are in own words, Dutch/English.
    """
    here, there = case.arguments, _argument(case, "other").split("|")
    words = {
        "here": _in_two(one for one in here if one not in there),
        "there": _in_two(one for one in there if one not in here),
        "both": _in_two(one for one in here if one in there),
    }
    if set(here) == set(there):
        return Outcome("reproduced", words=words)
    if set(here) < set(there) or set(there) < set(here):
        return Outcome("consistent", words=words)
    return Outcome("contradicted", contradiction="wording", words=words)


@check("as_many_listed")
def as_many_listed(case: Case) -> Outcome:
    """Check that as many things are listed (the arguments, in own words, Dutch/English) as told."""
    count = Fraction(len(case.arguments))
    listing = {"things": _in_two(case.arguments)}
    found = _judge(case, Number((count, count), (count, count)), evidence="published", **listing)
    too_few = found.contradiction and count < case.told.ends[0]
    return replace(found, contradiction="absent") if too_few else found


@check("several")
def several(case: Case) -> Outcome:
    """Check a word such as several: the number, or the count of what is listed, is more than one."""
    count = case.number(0).value if len(case.arguments) == 1 else Fraction(len(case.arguments))
    word = "consistent" if count > 1 else "contradicted"
    wrong = "wording" if word == "contradicted" else ""
    return Outcome(word, as_printed(count, 0), None, wrong, "published", {"found": as_printed(count, 0)})


@check("proportional", least=3, most=3)
def proportional(case: Case) -> Outcome:
    """Check the rule of three: the first argument is to the second as the number told is to the third."""
    first, second, third = case.numbers()
    return _judge(
        case,
        _corners(_corners(first, second, lambda a, b: a / b), third, lambda a, b: a * b),
        evidence="implied",
    )


@check("fewer_than", least=2, most=3)
def fewer_than(case: Case) -> Outcome:
    """Check that the first range lies under the second, divided by the third if there is one."""
    told, limit = case.number(0), case.number(1)
    if len(case.arguments) == 3:
        limit = _corners(limit, case.number(2), lambda a, b: a / b)
    certain, possible = told.ends[1] < limit.ends[0], told.ends[0] < limit.ends[1]
    return _possible(case, certain, possible, told.text, None, {"limit": limit.text})


@check("never_falls", least=2)
def never_falls(case: Case) -> Outcome:
    """Check that no number is smaller than the one before.  Power: of random orders of as many numbers."""
    values = [number.value for number in case.numbers()]
    holds = all(a <= b for a, b in itertools.pairwise(values))
    ties = math.prod(math.factorial(values.count(value)) for value in set(values))
    return _holds(case, holds, _texts(case, 0), 1 - ties / math.factorial(len(values)), {})


DESIGN = ("waves", "attrition", "correlation", "alpha")


@check("too_few_to_see", most=1, names=(*DESIGN, "change", "power"))
def too_few_to_see(case: Case) -> Outcome:
    """Check that a change (in SD) is too small to be seen among so many candidates; rests on assumptions.

    Contradicted if even the smaller number of candidates would show it.
    """
    given = {
        name: float(case.facts.number(_argument(case, name)).value) for name in (*DESIGN, "change", "power")
    }
    design = Measurements(**{**{name: given[name] for name in DESIGN}, "waves": int(given["waves"])})
    ends = [int(end) for end in case.number(0).ends]
    seen = detectable_effect(ends, design=design, power=given["power"])["detectable_change_sd"]
    texts = [as_printed(exact(size), 2) for size in sorted(set(seen))]
    values = {
        "found": "-".join(texts),
        "change": as_printed(exact(given["change"]), 2),
        "candidates": case.number(0).text,
    }
    word = "consistent" if settled(seen.max()) > given["change"] else "contradicted"
    return Outcome(
        word, values["found"], None, "" if word == "consistent" else "arithmetic", "simulated", values
    )
