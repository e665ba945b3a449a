"""Candidates of career centres, measured in waves: who enrolled, who stayed, what changed.

Every function takes the frame `measurements` of `Candidates`: one row per candidate and wave.  A later wave
that is absent is attrition; an absent wave with a later one after it is a gap.  Both are counted: nobody is
dropped silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from expect import check_between, check_columns
from loopbaanchecks.pilots.intercepts import Fit, fit_intercepts
from loopbaanchecks.pilots.parameters import STEPS
from loopbaanchecks.pilots.segments import CONDITIONS, SEGMENTS, classify
from loopbaanchecks.sampling import proportion_interval

KEYS = ["candidate", "centre", "wave"]
LEAST_CENTRES = 5  # below it a variance between centres says nothing; statsmodels and lme4 give one anyway
LEAST_GAIN = 1e-3  # in restricted log-likelihood, by a random intercept that stays; rounding gives 1e-10


@dataclass(frozen=True)
class Candidates:
    """The measurements of candidates, and where they come from.

    Parameters
    ----------
    measurements : pandas.DataFrame
        One row per candidate and wave, sorted by centre, candidate and wave: `candidate`, `centre` (text),
        `wave` (Int64), `enrolment_date`, `measurement_date`, `end_date` (datetime64; NaT before
        the end), the names in `pilots.CONDITIONS` and `pilots.STEPS` (boolean), `self_management` and
        `guidance_hours` (Float64).
    gaps : pandas.DataFrame
        `candidate`, `centre`, `wave`: absent waves with a later one after them.
    details : mapping of str to str
        How the file was read, or that there was none.
    evidence : str
        `observed` for a file, `simulated` for a made-up cohort.
    """

    measurements: pd.DataFrame
    gaps: pd.DataFrame
    details: Mapping[str, str]
    evidence: str


def wave_gaps(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return the absent waves that a later one follows: `candidate`, `centre`, `wave`.

    Parameters
    ----------
    measurements : DataFrame
        Columns `candidate`, `centre`, `wave`.

    Returns
    -------
    DataFrame
        One row per gap, sorted; empty when there is none.

    Examples
    --------
    >>> rows = pd.DataFrame({"candidate": ["K1", "K1"], "centre": "A", "wave": [1, 3]})
    >>> wave_gaps(rows)
      candidate centre  wave
    0        K1      A     2
    """
    check_columns("measurements", measurements, KEYS)
    last = measurements.groupby(["centre", "candidate"], as_index=False)["wave"].max()
    last = last.assign(wave=[list(range(1, int(wave))) for wave in last["wave"]])
    expected = last.explode("wave").dropna(subset="wave").astype({"wave": "Int64"})
    merged = expected.merge(measurements[KEYS], on=KEYS, how="left", indicator=True)
    gaps = merged.loc[merged["_merge"] == "left_only", KEYS]
    return gaps.sort_values(["centre", "candidate", "wave"], ignore_index=True)


def _persons(measurements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per candidate: the earliest wave."""
    return measurements.sort_values("wave", kind="stable").drop_duplicates("candidate")


def enrolment(measurements: pd.DataFrame, *, monthly: bool) -> pd.DataFrame:
    """Count who enrolled per centre, or per centre and month.

    Parameters
    ----------
    measurements : DataFrame
        Columns `candidate`, `centre`, `wave`, `enrolment_date`.
    monthly : bool
        Whether there is a column per month, or one for all.

    Returns
    -------
    DataFrame
        One row per centre; column `n`, or one per month (`2006-06`) from first to last, months without
        enrolment included; Int64.

    Raises
    ------
    ValueError
        If a column is absent.

    Examples
    --------
    >>> dates = pd.to_datetime(["2006-06-01", "2006-08-01"])
    >>> rows = pd.DataFrame({"candidate": ["K1", "K2"], "centre": "A", "wave": 1, "enrolment_date": dates})
    >>> {month: int(n) for month, n in enrolment(rows, monthly=True).loc["A"].items()}
    {'2006-06': 1, '2006-07': 0, '2006-08': 1}
    """
    check_columns("measurements", measurements, [*KEYS, "enrolment_date"])
    persons = _persons(measurements)
    if not monthly:
        return persons.groupby("centre").size().to_frame("n").astype("Int64")
    months = persons["enrolment_date"].dt.to_period("M")
    every = pd.period_range(months.min(), months.max(), freq="M", name="month")
    table = pd.crosstab(persons["centre"], months).reindex(columns=every, fill_value=0)
    return table.set_axis(every.astype(str), axis="columns").astype("Int64")


def segment_counts(measurements: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Count the candidates of each centre per segment, by their answers at wave 1.

    Parameters
    ----------
    measurements : DataFrame
        Columns `candidate`, `centre`, `wave` and the names in `pilots.CONDITIONS`.
    rules : DataFrame
        Decision table, as for `pilots.classify`.

    Returns
    -------
    DataFrame
        One row per centre, a column per name in `pilots.SEGMENTS` and `unknown` (no wave 1); Int64.

    Raises
    ------
    ValueError
        If a column is absent, an answer is missing at wave 1, or the rules do not pass.

    Examples
    --------
    >>> rules = pd.DataFrame([("-",) * 5 + ("other",)], columns=[*CONDITIONS, "segment"])
    >>> rows = pd.DataFrame({"candidate": ["K1", "K2"], "centre": "A", "wave": [1, 2]})
    >>> counts = segment_counts(rows.assign(**dict.fromkeys(CONDITIONS, False)), rules)
    >>> {segment: int(n) for segment, n in counts.loc["A"].items()}
    {'willer': 0, 'moeter': 0, 'self_steering': 0, 'other': 1, 'unknown': 1}
    """
    check_columns("measurements", measurements, [*KEYS, *CONDITIONS])
    persons = _persons(measurements)
    first = persons[persons["wave"] == 1]
    segment = classify(first, rules).reindex(persons.index, fill_value="unknown")
    table = pd.crosstab(persons["centre"], segment).rename_axis(columns="segment")
    return table.reindex(columns=[*SEGMENTS, "unknown"], fill_value=0).astype("Int64")


def steps_by_wave(measurements: pd.DataFrame, *, confidence: float) -> pd.DataFrame:
    """Estimate the share that has taken each step, per wave.

    Parameters
    ----------
    measurements : DataFrame
        Columns `candidate`, `centre`, `wave` and the names in `pilots.STEPS`.
    confidence : float
        Confidence level, between 0 and 1.

    Returns
    -------
    DataFrame
        One row per step and wave with an answer: `step`, `wave`, `count`, `estimate`, `ci_low`, `ci_high`
        (Wilson), `n` (answered), `n_missing` (enrolled, no answer at this wave), `method`.

    Raises
    ------
    ValueError
        If a column is absent or `confidence` is out of range.

    Notes
    -----
    Each wave counts those measured then: a rising share may be change, or the leaving of others.

    Examples
    --------
    >>> rows = pd.DataFrame({"candidate": ["K1", "K2"], "centre": "A", "wave": 1})
    >>> table = steps_by_wave(rows.assign(**dict.fromkeys(STEPS, [True, False])), confidence=0.95)
    >>> table.round(2).head(1)
            step  wave  count  estimate  ci_low  ci_high  n  n_missing  method
    0  recognise     1      1       0.5    0.09     0.91  2          0  wilson
    """
    check_columns("measurements", measurements, [*KEYS, *STEPS])
    long = measurements.melt(KEYS, list(STEPS), var_name="step", value_name="taken").dropna(subset="taken")
    grouped = long.assign(taken=long["taken"].astype(int)).groupby(["step", "wave"])["taken"]
    counts = grouped.agg(["sum", "size"]).reset_index()
    order = counts["step"].map({step: number for number, step in enumerate(STEPS)})
    counts = counts.assign(order=order).sort_values(["order", "wave"], ignore_index=True)
    enrolled = measurements["candidate"].nunique()
    shares = proportion_interval(counts["sum"], counts["size"], confidence=confidence, method="wilson")
    shares.insert(5, "n_missing", enrolled - shares["n"])
    return pd.concat([counts[["step", "wave"]], shares], axis=1)


def attrition(measurements: pd.DataFrame) -> pd.DataFrame:
    """Count who was measured at each wave, who came back later, and who did not.

    Parameters
    ----------
    measurements : DataFrame
        Columns `candidate`, `centre`, `wave`.

    Returns
    -------
    DataFrame
        One row per centre and wave up to the last wave of any centre: `centre`, `wave`, `n_enrolled`, `n`
        (measured), `n_gap` (not measured, but later), `n_lost` (neither), `estimate` (n_lost / n_enrolled).

    Raises
    ------
    ValueError
        If a column is absent.

    Notes
    -----
    Those who enrolled so late that a wave is not yet due count as lost: no file says when a wave is due.

    Examples
    --------
    >>> rows = pd.DataFrame({"candidate": ["K1", "K1", "K2"], "centre": "A", "wave": [1, 3, 1]})
    >>> attrition(rows)
      centre  wave  n_enrolled  n  n_gap  n_lost  estimate
    0      A     1           2  2      0       0       0.0
    1      A     2           2  0      1       1       0.5
    2      A     3           2  1      0       1       0.5
    """
    check_columns("measurements", measurements, KEYS)
    last = measurements.groupby(["centre", "candidate"])["wave"].max().reset_index()
    rows = []
    for centre, own in last.groupby("centre"):
        waves = measurements.loc[measurements["centre"] == centre, "wave"]
        for wave in range(1, int(measurements["wave"].max()) + 1):
            n, lost = int((waves == wave).sum()), int((own["wave"] < wave).sum())
            rows.append((centre, wave, len(own), n, len(own) - n - lost, lost, lost / len(own)))
    return pd.DataFrame(rows, columns=["centre", "wave", "n_enrolled", "n", "n_gap", "n_lost", "estimate"])


def change_over_waves(
    measurements: pd.DataFrame, *, confidence: float, outcome: str = "self_management"
) -> pd.DataFrame:
    """Estimate how a score differs from wave 1, with candidates nested in centres.

    Parameters
    ----------
    measurements : DataFrame
        Columns `candidate`, `centre`, `wave` and the outcome.
    confidence : float
        Confidence level, between 0 and 1.
    outcome : str
        Column with numbers; rows without one are left out.

    Returns
    -------
    DataFrame
        One row per wave after the first: `wave`, `estimate` (in points, against wave 1), `ci_low`,
        `ci_high`, `standard_error`, `df`, `n` (scores at that wave), `n_missing` (enrolled, no score at that
        wave), `method`, a key of vocabulary.csv: mixed_centre_candidate, or what took its place:
        mixed_candidate_ or ols_ (no usable variance between candidates), followed by fixed_centre (too few
        centres for a variance), flat_centre (no usable variance between centres) or one_centre.

    Raises
    ------
    ValueError
        If a column is absent, `confidence` is out of range, there is no wave 1 or no later wave, or fewer
        than two degrees of freedom are left.

    Notes
    -----
    Score = wave (categories) + centre + candidate + rest, by REML; centre and candidate are random
    intercepts.  With fewer than five centres they are fixed effects; an intercept that raises the
    log-likelihood by 0.001 or less is left out.  Intervals: t with as many degrees of freedom as there are
    scores beyond one per candidate and later wave.  Those who left count with the scores they have (missing
    at random).
    Source: Pinheiro and Bates (2000), Mixed-Effects Models in S and S-PLUS, sections 2.2 and 2.4.2.
    Checked against R 4.2.2 (nlme, and lme4 where it calls the fit singular): tests/reference/change.csv.
    """
    check_between(confidence=confidence)
    check_columns("measurements", measurements, [*KEYS, outcome])
    seen = measurements.dropna(subset=outcome)
    seen = seen.assign(**{outcome: seen[outcome].astype(float)}).sort_values(["centre", "candidate", "wave"])
    waves = sorted(int(wave) for wave in seen["wave"].unique())
    freedom = len(seen) - seen["candidate"].nunique() - (len(waves) - 1)
    if len(waves) < 2 or waves[0] != 1 or freedom < 2:
        raise ValueError(
            f"measurements: expected {outcome} at wave 1 and later, of at least two candidates more than "
            f"once; found {len(seen)} scores of {seen['candidate'].nunique()} candidates at waves {waves}"
        )
    fit, method = _fit(seen, outcome, waves)
    keep = slice(1, len(waves))
    numbers, errors = fit.estimate[keep], fit.standard_error[keep]
    reach = stats.t.ppf((1 + confidence) / 2, freedom) * errors
    n = np.array([(seen["wave"] == wave).sum() for wave in waves[1:]])
    ends = {"estimate": numbers, "ci_low": numbers - reach, "ci_high": numbers + reach}
    frame = pd.DataFrame({"wave": waves[1:], **ends, "standard_error": errors, "df": freedom, "n": n})
    return frame.assign(n_missing=measurements["candidate"].nunique() - n, method=method)


def _fit(seen: pd.DataFrame, outcome: str, waves: list[int]) -> tuple[Fit, str]:
    """Return the fit, whose effects 1, 2, ... are differences from wave 1, and a word for its model."""
    score, wave = seen[outcome].to_numpy(), seen["wave"].to_numpy(dtype=int)
    candidate, _ = pd.factorize(seen["candidate"])
    centre, centres = pd.factorize(seen["centre"])
    design = np.column_stack([np.ones(len(seen)), *(wave == later for later in waves[1:])])
    groups, without = [candidate], "flat_centre" if len(centres) > 1 else "one_centre"
    if len(centres) >= LEAST_CENTRES:
        groups.append(centre[np.unique(candidate, return_index=True)[1]])
    elif len(centres) > 1:
        design = np.column_stack([design, *(centre == other for other in range(1, len(centres)))])
        without = "fixed_centre"
    plain, *mixed = (fit_intercepts(score, design, groups[:levels]) for levels in range(len(groups) + 1))
    if mixed[0].log_likelihood - plain.log_likelihood <= LEAST_GAIN or np.isinf(plain.log_likelihood):
        return plain, f"ols_{without}"
    if len(mixed) == 2 and mixed[1].log_likelihood - mixed[0].log_likelihood > LEAST_GAIN:
        return mixed[1], "mixed_centre_candidate"
    return mixed[0], f"mixed_candidate_{without}"
