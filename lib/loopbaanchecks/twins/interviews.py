"""Coded interviews that do not exist, for trying out what coded interviews can show.

Like the twin of the survey they fit what is published, and nothing else in them means anything: every
published finding is coded, in the interviews of its own groups only.  How often, where and how much alike two
coders code is drawn at random, and the texts are filler: no sentence is put into anyone's mouth.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from expect import check_columns, check_sizes

PARAGRAPHS = (20, 40)  # paragraphs of an interview, least and most
FILLERS = (3, 12)  # times the filler stands in a paragraph
SHIFT = 20  # characters that the second coder begins or ends earlier or later, at most


def simulated_interviews(
    findings: pd.DataFrame,
    sizes: Mapping[str, int],
    *,
    coders: Sequence[str],
    both: int,
    repeated: float,
    filler: str,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw coded interviews that hold every published finding.

    Parameters
    ----------
    findings : pandas.DataFrame
        Columns `id`, `variable`, `groups` (separated by semicolons).
    sizes : mapping of str to int
        Interviews per group.
    coders : two names
        The first codes everything, the second the double coded interviews.
    both : int
        How many interviews are coded by both.
    repeated : float
        Share of the codings that the second coder repeats, 0-1; she gives another finding of the same
        group the place of half of the others.
    filler : str
        Text that paragraphs are filled with; it should say that it is filler.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    segments, codes, sources : three pandas.DataFrame
        As `interviews.read_interviews` returns them.  Uppermost codes are the variables, below them the
        findings.  A finding is in one to all interviews of each of its groups, uniformly.

    Raises
    ------
    ValueError
        If a column is absent, a finding is of a group without interviews, there are not two coders, more
        interviews are to be coded by both than there are, or repeated is not 0 to 1.

    Examples
    --------
    >>> findings = pd.DataFrame({"id": ["f"], "variable": ["v"], "groups": ["g"]})
    >>> choices = {"coders": ["A", "B"], "both": 3, "repeated": 1.0, "filler": "(none) "}
    >>> segments, codes, sources = simulated_interviews(
    ...     findings, {"g": 3}, **choices, rng=np.random.default_rng(1)
    ... )
    >>> codes["code"].tolist(), len(sources), sorted(segments["coder"].unique())
    (['v', 'f'], 3, ['A', 'B'])
    """
    check_columns("findings", findings, ["id", "variable", "groups"])
    each = findings.assign(group=findings["groups"].str.split(";")).explode("group")
    _check_wishes(each["group"], sizes, coders, both, repeated)
    sources, paragraphs = _texts(sizes, filler, rng)
    first = _codings(each, sources, paragraphs, rng).assign(coder=coders[0])
    second = _again(first, each, sources, rng.permutation(sources["source"])[:both], repeated, rng)
    segments = pd.concat([first, second.assign(coder=coders[1])], ignore_index=True)
    texts = sources.set_index("source")["text"]
    spans = zip(segments["source"], segments["start"], segments["end"], strict=True)
    segments.insert(3, "text", [texts[source][start:end] for source, start, end in spans])
    return segments, _tree(findings), sources


def _check_wishes(groups, sizes, coders, both, repeated) -> None:
    """Raise unless the interviews asked for can be drawn."""
    check_sizes(list(sizes.values()), name="sizes")
    check_sizes(both, sum(sizes.values()), name="both", least=0)
    if strange := sorted(set(groups) - set(sizes)):
        raise ValueError(f"findings: expected groups {', '.join(sizes)}; found {', '.join(strange)}")
    if isinstance(coders, str) or len(set(coders)) != 2 or len(coders) != 2:
        raise ValueError(f"coders: expected two different names; found {coders!r}")
    if not 0 <= repeated <= 1:
        raise ValueError(f"repeated: expected a share from 0 to 1; found {repeated!r}")


def _texts(sizes, filler, rng) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return interviews of filler, and where their paragraphs begin and end."""
    rows, places = [], []
    for group, size in sizes.items():
        for number in range(1, size + 1):
            source, at = f"{group}_{number:02d}", 0
            lines = [(filler * k).strip() for k in rng.integers(*FILLERS, size=rng.integers(*PARAGRAPHS))]
            for line in lines:
                places.append((source, at, at + len(line)))
                at += len(line) + 1
            rows.append(
                {"source": source, "id": source, "name": source, "text": "\n".join(lines), "group": group}
            )
    return pd.DataFrame(rows), pd.DataFrame(places, columns=["source", "start", "end"])


def _codings(each, sources, paragraphs, rng) -> pd.DataFrame:
    """Return one coding per finding and interview that has it: a stretch of a random paragraph."""
    rows, places = [], dict(list(paragraphs.groupby("source")))
    for finding, group in each[["id", "group"]].itertuples(index=False):
        those = sources.loc[sources["group"] == group, "source"].to_numpy()
        for source in rng.choice(those, size=rng.integers(1, len(those) + 1), replace=False):
            _, low, high = places[source].iloc[rng.integers(len(places[source]))]
            middle = (low + high) // 2
            rows.append((source, rng.integers(low, middle), rng.integers(middle, high) + 1, finding))
    return pd.DataFrame(rows, columns=["source", "start", "end", "code"])


def _again(first, each, sources, double, repeated, rng) -> pd.DataFrame:
    """Return what the second coder makes of the interviews that both code."""
    seen = first[first["source"].isin(double)].drop(columns="coder").reset_index(drop=True)
    draw = rng.random(len(seen))
    kept = draw < repeated
    other = ~kept & (draw < (1 + repeated) / 2)
    group = seen["source"].map(sources.set_index("source")["group"])
    choices = each.groupby("group")["id"].agg(list)
    seen.loc[other, "code"] = [rng.choice(choices[name]) for name in group[other]]
    length = seen["source"].map(sources.set_index("source")["text"].str.len())
    seen["start"] = (seen["start"] + rng.integers(-SHIFT, SHIFT + 1, len(seen))).clip(lower=0)
    moved = seen["end"] + rng.integers(-SHIFT, SHIFT + 1, len(seen))
    seen["end"] = np.minimum(np.maximum(moved, seen["start"] + 1), length)
    seen["start"] = np.minimum(seen["start"], seen["end"] - 1)
    return seen[kept | other]


def _tree(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the codes: variables, and under them their findings."""
    above = pd.DataFrame({"id": findings["variable"].unique(), "parent": ""})
    codes = pd.concat([above, findings[["id", "variable"]].set_axis(["id", "parent"], axis=1)])
    codes = codes.assign(code=codes["id"], name=codes["id"], description="", colour="")
    return codes[["id", "code", "name", "parent", "description", "colour"]].reset_index(drop=True)
