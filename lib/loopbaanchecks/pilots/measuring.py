"""What measuring candidates in waves can show: power, and the smallest change that can be detected."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from scipy import stats

from behindprint.effects import effect_with_power
from loopbaanchecks.pilots.intercepts import fit_intercepts
from loopbaanchecks.remembering import once_per_arguments


@dataclass(frozen=True)
class Measurements:
    """How candidates are measured: in equally spaced waves, with the same change for everyone.

    Parameters
    ----------
    waves : int
        Number of measurements, two or more.
    attrition : float
        Share that drops out before each next wave and stays away.
    correlation : float
        Between two waves of one candidate, the same for every pair.
    alpha : float
        Level of the two-sided test.

    Raises
    ------
    ValueError
        If there are fewer than two waves, or a share is not one.
    """

    waves: int
    attrition: float
    correlation: float
    alpha: float

    def __post_init__(self) -> None:
        if self.waves < 2:
            raise ValueError(f"waves: expected 2 or more; found {self.waves}")
        for name in ("attrition", "correlation", "alpha"):
            value = getattr(self, name)
            if not 0 <= value < 1 or (name == "alpha" and value == 0):
                raise ValueError(f"{name}: expected a share from 0 up to, not including, 1; found {value}")


def _precision(candidates: float, design: Measurements) -> tuple[float, float]:
    """Return standard error of the change over all waves, in SDs of one wave, and degrees of freedom."""
    times = np.linspace(0, 1, design.waves)
    stay = (1 - design.attrition) ** np.arange(design.waves)
    last = candidates * (stay - np.append(stay[1:], 0))  # candidates whose last wave is this one
    information = np.zeros((2, 2))
    for length, number in enumerate(last, start=1):
        x = np.column_stack([np.ones(length), times[:length]])
        v = design.correlation + (1 - design.correlation) * np.eye(length)
        information += number * x.T @ np.linalg.solve(v, x)
    freedom = candidates * (stay.sum() - 1) - 1
    if freedom < 1:
        raise ValueError(f"candidates: expected enough for one degree of freedom; found {candidates}")
    return float(np.sqrt(np.linalg.inv(information)[1, 1])), float(freedom)


def change_power(change_sd: float, *, candidates: int, design: Measurements) -> float:
    """Return the power to detect a change over all waves; closed form.

    Parameters
    ----------
    change_sd : float
        From the first to the last wave, in standard deviations of one wave.
    candidates : int
        Measured at the first wave.
    design : Measurements
        How they are measured.

    Returns
    -------
    float
        Power of the two-sided test.

    Raises
    ------
    ValueError
        If there are too few candidates.

    Notes
    -----
    Random intercept per candidate; generalised least squares over the dropout patterns gives the standard
    error, the noncentral t distribution the power, with observations - candidates - 1 degrees of
    freedom.  Checked against `simulated_power` and, without attrition, the closed form of two waves.
    """
    error, freedom = _precision(candidates, design)
    limit, shift = stats.t.isf(design.alpha / 2, freedom), abs(change_sd) / error
    other_side = np.nan_to_num(stats.nct.cdf(-limit, freedom, shift))  # NaN at times below 1e-20
    return float(stats.nct.sf(limit, freedom, shift) + other_side)


def detectable_effect(candidates: Sequence[int], *, design: Measurements, power: float) -> pd.DataFrame:
    """Return the smallest change that a number of candidates can show; closed form.

    Parameters
    ----------
    candidates : sequence of int
        Measured at the first wave: of one centre, or of all together.
    design : Measurements
        How they are measured.
    power : float
        Wanted chance of detecting the change.

    Returns
    -------
    DataFrame
        One row per number: `candidates`, `completing_persons` (expected at the last wave),
        `standard_error_sd`, `detectable_change_sd`, `evidence`.

    Raises
    ------
    ValueError
        If there are too few candidates, or the power does not lie between alpha and 1.

    Examples
    --------
    >>> design = Measurements(waves=3, attrition=0.1, correlation=0.5, alpha=0.05)
    >>> detectable_effect([25, 100], design=design, power=0.8)["detectable_change_sd"].round(2).tolist()
    [0.62, 0.3]
    """
    if not design.alpha < power < 1:
        raise ValueError(f"power: expected between alpha ({design.alpha}) and 1; found {power}")
    rows = []
    for number in candidates:
        error, _ = _precision(number, design)
        change = effect_with_power(partial(change_power, candidates=number, design=design), power)
        done = number * (1 - design.attrition) ** (design.waves - 1)
        rows.append((number, done, error, change))
    names = ["candidates", "completing_persons", "standard_error_sd", "detectable_change_sd"]
    return pd.DataFrame(rows, columns=names).assign(evidence="simulated")


def simulated_power(
    change_sd: float, *, candidates: int, design: Measurements, rng: np.random.Generator, simulations: int
) -> dict[str, float]:
    """Estimate the power of `change_power` by fitting a mixed model to simulated candidates.

    Parameters
    ----------
    change_sd, candidates, design
        As for `change_power`.
    rng : Generator
        The only source of chance.
    simulations : int
        Number of simulated studies.

    Returns
    -------
    dict
        `power`, its `simulation_error` (standard error) and `simulations`.

    Raises
    ------
    ValueError
        If `simulations` is below 1.
    """
    if simulations < 1:
        raise ValueError(f"simulations: expected 1 or more; found {simulations}")
    p = once_per_arguments(_p_values, change_sd, candidates, design, rng, simulations)
    power = float(np.mean(p < design.alpha))
    error = float(np.sqrt(power * (1 - power) / simulations))
    return {"power": power, "simulation_error": error, "simulations": simulations}


def _p_values(
    change_sd: float, candidates: int, design: Measurements, rng: np.random.Generator, simulations: int
) -> np.ndarray:
    return np.array([_p_value(change_sd, candidates, design, rng) for _ in range(simulations)])


def _p_value(change_sd: float, candidates: int, design: Measurements, rng: np.random.Generator) -> float:
    times = np.linspace(0, 1, design.waves)
    own = rng.normal(0, np.sqrt(design.correlation), (candidates, 1))
    answers = (
        own + change_sd * times + rng.normal(0, np.sqrt(1 - design.correlation), (candidates, design.waves))
    )
    stays = rng.random((candidates, design.waves)) >= design.attrition
    stays[:, 0] = True
    seen = np.logical_and.accumulate(stays, axis=1)
    who, wave = np.nonzero(seen)
    effects = np.column_stack([np.ones(len(who)), times[wave]])
    fit = fit_intercepts(answers[seen], effects, [who])
    return float(2 * stats.t.sf(abs(fit.estimate[1] / fit.standard_error[1]), len(who) - candidates - 1))
