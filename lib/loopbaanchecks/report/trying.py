"""Three things to try in a notebook: one printed row, the pilot, and the quotations of a code.

In JupyterLab with ipywidgets they have controls; elsewhere they show the values given, once.  Nothing of it
is kept for writing.
"""

import html
from collections.abc import Callable, Mapping
from types import ModuleType

import numpy as np
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, display

import behindprint
from loopbaanchecks import pilots
from loopbaanchecks.report.report import Report
from loopbaanchecks.study import read_resource

WITHIN = 13  # respondents more or fewer that a repair tries
FAIR = {"consistent": "possible", "contradicted": "conditional"}  # n and divisor are assumptions
SCENARIOS = ("realised", "planned", "extended")
PILOTS = 2000  # as many as the notebook imitates: the same means


def try_row(
    report: Report, mean: str = "4,15", sd: str = "0,72", n: int = 97, low: int = 1, high: int = 5
) -> None:
    """Show what one printed mean and SD allow: verdict, power, and either repairs or a picture of the set.

    Parameters
    ----------
    report : Report
        Its language is used; it keeps nothing of this.
    mean, sd : str
        As printed, with a comma or a point. The SD divides by n - 1; halves may have gone either way.
    n : int
        Number of respondents who answered.
    low, high : int
        The first and the last response option.

    Raises
    ------
    ValueError
        As `behindprint.verdict`, where there are no controls; beside controls the message is shown.
    """

    def controls(widgets: ModuleType) -> dict:
        whole = widgets.BoundedIntText
        return {
            "mean": widgets.Text(mean, description=report.text(nl="gemiddelde", en="mean")),
            "sd": widgets.Text(sd, description=report.text(nl="std.deviatie", en="std. deviation")),
            "n": whole(n, min=2, max=300, description=report.text(nl="antwoorden", en="answers")),
            "low": whole(low, min=0, max=9, description=report.text(nl="optie, van", en="option, from")),
            "high": whole(
                high, min=1, max=10, description=report.text(nl="optie, tot en met", en="option, to")
            ),
        }

    _try(_row, report, controls, {"mean": mean, "sd": sd, "n": n, "low": low, "high": high})


def _row(report: Report, mean: str, sd: str, n: int, low: int, high: int) -> None:
    row = mean.strip().replace(".", ","), sd.strip().replace(".", ","), n
    reading = {"options": range(low, high + 1), "ddof": 1, "rounding": "either"}
    outcome = behindprint.verdict(*row, **reading)
    report.say(
        "tried_row",
        "implied",
        nl="Gemiddelde {mean} en standaarddeviatie {sd}, als {n} antwoorden op {low} tot en met {high} "
        "zijn gegeven (deler n − 1): **{word}**. Er {tables:is # frequentietabel|zijn # frequentietabellen} "
        "met deze getallen. De toets had {power:%} van de willekeurige waarden ontdekt.",
        en="Mean {mean} and standard deviation {sd}, if {n} answers from {low} to {high} were given (divisor "
        "n − 1): **{word}**. There {tables:is # frequency table|are # frequency tables} with these numbers. "
        "The check would have caught {power:%} of arbitrary values.",
        **dict(zip(("mean", "sd", "n", "low", "high"), (*row, low, high), strict=True)),
        word=report.word(FAIR[outcome.word]),
        tables=behindprint.count_frequency_tables(*row, **reading),
        power=outcome.power,
    )
    if outcome.word == "consistent":
        _picture_of_set(report, row, reading)
        return
    sizes = range(max(2, n - WITHIN), n + WITHIN + 1)
    report.table(
        "tried_repairs",
        behindprint.repairs(*row, sizes=sizes, **reading),
        "implied",
        nl="Wat wel past: de kleinste verandering van n, gemiddelde of standaarddeviatie (deler n − 1).",
        en="What would fit: the smallest change of n, mean or standard deviation (divisor n − 1).",
    )


def _picture_of_set(report: Report, row: tuple[str, str, int], reading: Mapping) -> None:
    """Draw the lowest and highest share of each response option over the whole set."""
    ends = {option: behindprint.bounds(*row, weights={option: 1}, **reading) for option in reading["options"]}
    shares = pd.DataFrame([(option, float(b.low), float(b.high)) for option, b in ends.items()])
    shares = shares.set_axis(["option", "low", "high"], axis=1)
    shares = shares.assign(label_nl=shares["option"].astype(str), label_en=shares["option"].astype(str))
    report.intervals(
        "tried_set",
        shares,
        "implied",
        nl="Per antwoord het kleinste en grootste aandeel over alle tabellen die deze getallen geven "
        "(deler n − 1, halven naar beide kanten).",
        en="Per response option the lowest and highest share over all tables that give these numbers "
        "(divisor n − 1, halves either way).",
        alt_nl="Een balk per antwoordoptie; optie {widest} heeft de langste.",
        alt_en="One bar per response option; that of option {widest} is the longest.",
        axis=("aandeel van de antwoorden", "share of the answers"),
        low="low",
        high="high",
        spec="percent0",
        xlim=(0, 1),
        widest=int(shares["option"].loc[(shares["high"] - shares["low"]).idxmax()]),
    )


def try_pilot(
    report: Report, parameters: Mapping[str, float], scenario: str = "", reach: float | None = None
) -> None:
    """Show the mean flow of imitated pilots for a scenario and a weekly reach.

    Parameters
    ----------
    report : Report
        Its language is used; it keeps nothing of this.
    parameters : mapping of str to float
        As for `pilots.simulate`: one number each.
    scenario : {"realised", "planned", "extended", ""}
        `realised` (also when empty): the centres and delays of `parameters`; `planned` and `extended`: as
        many centres as planned, all on time.
    reach : float, optional
        Share reached per week, 0 to 1, before modules; that of `parameters` when left out.

    Raises
    ------
    ValueError
        For an unknown scenario, or as `pilots.simulate`.
    """
    chosen = scenario or SCENARIOS[0]
    if chosen not in SCENARIOS:
        raise ValueError(f"scenario: expected one of {', '.join(SCENARIOS)}; found {scenario!r}")
    share = float(parameters["reach_per_week"]) if reach is None else reach

    def controls(widgets: ModuleType) -> dict:
        words = [(report.word(name), name) for name in SCENARIOS]
        slider = {"min": 0, "max": max(0.1, share), "step": 0.001, "readout_format": ".1%"}
        return {
            "scenario": widgets.Dropdown(options=words, value=chosen, description="scenario"),
            "reach": widgets.FloatSlider(share, **slider, description=report.word("reach_per_week")),
        }

    def show(report: Report, scenario: str, reach: float) -> None:
        _flow(report, {**parameters, "reach_per_week": reach}, scenario)

    _try(show, report, controls, {"scenario": chosen, "reach": share})


def _flow(report: Report, parameters: Mapping[str, float], scenario: str) -> None:
    printed = read_resource("tno_2007-targets").set_index("id")
    if scenario != "realised":
        parameters = {name: x for name, x in parameters.items() if not name.startswith("delay_weeks_")}
        centres = int(printed.loc[f"centres_{scenario}", "low"])
        parameters |= {f"delay_weeks_{centre}": 0.0 for centre in range(1, centres + 1)}
    flow = pilots.simulate(parameters, rng=np.random.default_rng(1), pilots=PILOTS)
    report.table(
        "tried_flow",
        _stages(flow, report.words),
        "simulated",
        columns=["label", "persons"],
        nl="Van werknemer tot loopbaanstap, scenario {scenario}, bereik per week {reach:%1}: {centres:#|#} "
        "centra samen. Het rapport noemt {low} tot {high} inschrijvingen; of dat per centrum is, "
        "staat er niet.",
        en="From worker to career step, scenario {scenario}, reach per week {reach:%1}: {centres:#|#} "
        "centres together. The report gives {low} to {high} enrolments; whether that is per centre "
        "it does not say.",
        scenario=report.word(scenario),
        reach=parameters["reach_per_week"],
        centres=flow["centre"].nunique(),
        **printed.loc["enrolled_realised", ["low", "high"]].astype(int),
    )


def _stages(flow: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    """Return the mean number of persons at each stage from worker to career step, of all centres together."""
    labels = words.filter(like="stage.", axis=0)[["nl", "en"]].add_prefix("label_")
    labels = labels.set_axis(labels.index.str.removeprefix("stage."))
    means = flow.groupby("pilot")[list(labels.index)].sum().mean()
    return labels.assign(persons=means).reset_index(drop=True)


def try_code(report: Report, segments: pd.DataFrame, code: str = "") -> None:
    """Show the quotations of one code on the screen: they are never in a file.

    Parameters
    ----------
    report : Report
        Its language is used; it keeps nothing of this.
    segments : pandas.DataFrame
        Real coded interviews: `source`, `text`, `code`, `coder`.
    code : str
        The code; the most frequent one when empty.

    Raises
    ------
    ValueError
        If no segment has the code.

    Notes
    -----
    JupyterLab saves what a cell shows in the notebook, but not what is behind a control.  Without controls
    there is only a sentence that says where the quotations can be read.
    """
    counts = segments["code"].value_counts()
    chosen = code or (counts.index[0] if len(counts) else "")
    if chosen not in counts.index:
        raise ValueError(f"code: expected one of the {len(counts)} codes of the segments; found {chosen!r}")

    def controls(widgets: ModuleType) -> dict:
        return {"code": widgets.Dropdown(options=sorted(counts.index), value=chosen, description="code")}

    def show(report: Report, code: str) -> None:
        _quotations(report, segments[segments["code"] == code], code)

    _try(show if _widgets() else _no_quotations, report, controls, {"code": chosen})


def _quotations(report: Report, segments: pd.DataFrame, code: str) -> None:
    columns = {"source": ("gesprek", "interview"), "coder": ("codeur", "coder")}
    columns |= {"text": ("citaat", "quotation")}
    report.table(
        "tried_code",
        segments[list(columns)],
        "observed",
        headings=columns,
        formats=dict.fromkeys(columns, "text"),
        nl="Aantal citaten met code {code}: {n}.",
        en="Number of quotations with code {code}: {n}.",
        code=code,
        n=len(segments),
    )


def _no_quotations(report: Report, code: str) -> None:
    report.say(
        "tried_code",
        "observed",
        nl="De citaten met code {code} staan alleen op het scherm, in JupyterLab met ipywidgets.",
        en="The quotations with code {code} are only on a screen: in JupyterLab with ipywidgets.",
        code=code,
    )


def try_disagreements(report: Report, units: pd.DataFrame, sources: pd.DataFrame, code: str = "") -> None:
    """Show on the screen the text on which coders disagree about one code: it is never in a file.

    Parameters
    ----------
    report : Report
        Its language is used; it keeps nothing of this.
    units : pandas.DataFrame
        As `codedtexts.disagreements` returns them: `code`, `source`, `start`, `end`, and a column per coder.
    sources : pandas.DataFrame
        Columns `source` and `text`.
    code : str
        The code; the one with most disagreements when empty.

    Raises
    ------
    ValueError
        If the coders do not disagree about the code.
    """
    counts = units["code"].value_counts()
    if counts.empty:
        return
    chosen = code or counts.index[0]
    if chosen not in counts.index:
        raise ValueError(f"code: expected one about which coders disagree; found {chosen!r}")
    texts, raters = sources.set_index("source")["text"], units.columns[4:]
    cut = [texts[row.source][row.start : row.end] for row in units.itertuples()]
    said = {
        column: [", ".join(raters[row == rated]) for row in units[raters].to_numpy()]
        for column, rated in (("gave", 1), ("gave_not", 0))
    }
    units = units[["code", "source"]].assign(text=cut, **said)

    def controls(widgets: ModuleType) -> dict:
        return {"code": widgets.Dropdown(options=sorted(counts.index), value=chosen, description="code")}

    def show(report: Report, code: str) -> None:
        _disagreements(report, units[units["code"] == code], code)

    _try(show if _widgets() else _no_quotations, report, controls, {"code": chosen})


def _disagreements(report: Report, units: pd.DataFrame, code: str) -> None:
    columns = {"source": ("gesprek", "interview"), "text": ("eenheid", "unit")}
    columns |= {"gave": ("gaf de code", "gave the code"), "gave_not": ("gaf haar niet", "did not")}
    report.table(
        "tried_disagreements",
        units[list(columns)],
        "observed",
        headings=columns,
        formats=dict.fromkeys(columns, "text"),
        nl="Aantal eenheden waarover codeurs het oneens zijn bij code {code}: {n}.",
        en="Number of units on which coders disagree about code {code}: {n}.",
        code=code,
        n=len(units),
    )


# -- controls ------------------------------------------------------------------------------------


def _try(show: Callable, report: Report, controls: Callable, values: Mapping) -> None:
    """Show once with the values, or under controls that show it again at every change."""
    if (widgets := _widgets()) is None:
        show(report.apart(), **values)
        return

    def answer(**values) -> None:
        try:
            show(report.apart(), **values)
        except ValueError as error:
            display(HTML(f"<p>{html.escape(str(error))}</p>"))

    made = controls(widgets)
    for control in made.values():
        control.style.description_width = "9em"
        if hasattr(control, "continuous_update"):
            control.continuous_update = False
    display(widgets.VBox(list(made.values())), widgets.interactive_output(answer, made))


def _widgets() -> ModuleType | None:
    """Return ipywidgets where it is installed and someone is at the controls."""
    try:
        import ipywidgets
    except ImportError:
        return None
    return ipywidgets if _is_watched() else None


def _is_watched() -> bool:
    """Whether the cell was run from a notebook on a screen, which names its cells; a batch does not."""
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and "cellId" in kernel.get_parent("shell").get("metadata", {})
