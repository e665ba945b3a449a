"""Simulated coded interviews, to try out what coded interviews can show.

Like the twin of the survey they agree with what is published, and nothing else in them means anything: every
published finding is coded, and only in interviews of its own groups.  How often, where and how consistently
two coders code is drawn at random, and the texts are filler: nobody is quoted as saying anything.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from expect import check_columns, check_sizes

PARAGRAPHS = (20, 40)  # paragraphs of an interview, from the first number to below the second
FILLERS = (3, 12)  # repetitions of the filler in a paragraph, likewise
SHIFT = 20  # most characters by which the second coder begins or ends earlier or later


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
    """Draw coded interviews in which every published finding is coded.

    Parameters
    ----------
    findings : pandas.DataFrame
        Columns `id`, `variable`, `groups` (separated by semicolons).
    sizes : mapping of str to int
        Interviews per group.
    coders : sequence of two str
        The first codes every interview, the second those that are coded twice.
    both : int
        Number of interviews that both code.
    repeated : float
        Share of the codings that the second coder repeats, 0-1.  Half of the other codings get another
        finding of the same group; the rest she leaves out.
    filler : str
        Text to fill paragraphs with; it should say that it is filler.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    segments, codes, sources : three pandas.DataFrame
        As in `codedtexts.Interviews`.  The topmost codes are the variables, with the findings below them.  A
        finding is in one to all interviews of each of its groups, each number equally likely.

    Raises
    ------
    ValueError
        If a column is absent, a finding is of a group without interviews, there are not two coders, both
        are to code more interviews than there are, or repeated is not from 0 to 1.

    Examples
    --------
    >>> findings = pd.DataFrame({"id": ["f"], "variable": ["v"], "groups": ["g"]})
    >>> segments, codes, sources = simulated_interviews(
    ...     findings, {"g": 3}, coders=["A", "B"], both=3, repeated=1.0, filler="(filler) ",
    ...     rng=np.random.default_rng(1),
    ... )
    >>> codes["code"].tolist(), len(sources), sorted(segments["coder"].unique())
    (['v', 'f'], 3, ['A', 'B'])
    """
    check_columns("findings", findings, ["id", "variable", "groups"])
    each = findings.assign(group=findings["groups"].str.split(";")).explode("group")
    _check_possible(each["group"], sizes, coders, both, repeated)
    sources, paragraphs = _filler_texts(sizes, filler, rng)
    first = _first_codings(each, sources, paragraphs, rng).assign(coder=coders[0])
    second = _second_codings(first, each, sources, rng.permutation(sources["source"])[:both], repeated, rng)
    segments = pd.concat([first, second.assign(coder=coders[1])], ignore_index=True)
    texts = sources.set_index("source")["text"]
    spans = zip(segments["source"], segments["start"], segments["end"], strict=True)
    segments.insert(3, "text", [texts[source][start:end] for source, start, end in spans])
    return segments, _code_tree(findings), sources


def _check_possible(
    groups: pd.Series, sizes: Mapping[str, int], coders: Sequence[str], both: int, repeated: float
) -> None:
    check_sizes(list(sizes.values()), name="sizes")
    check_sizes(both, sum(sizes.values()), name="both", least=0)
    if unknown := sorted(set(groups) - set(sizes)):
        raise ValueError(f"findings: expected groups {', '.join(sizes)}; found {', '.join(unknown)}")
    if isinstance(coders, str) or len(set(coders)) != 2 or len(coders) != 2:
        raise ValueError(f"coders: expected two different names; found {coders!r}")
    if not 0 <= repeated <= 1:
        raise ValueError(f"repeated: expected a share from 0 to 1; found {repeated!r}")


def _filler_texts(
    sizes: Mapping[str, int], filler: str, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, paragraphs = [], []
    for group, size in sizes.items():
        for number in range(1, size + 1):
            source, at = f"{group}_{number:02d}", 0
            lines = [(filler * k).strip() for k in rng.integers(*FILLERS, size=rng.integers(*PARAGRAPHS))]
            for line in lines:
                paragraphs.append((source, at, at + len(line)))
                at += len(line) + 1
            text = "\n".join(lines)
            rows.append({"source": source, "id": source, "name": source, "text": text, "group": group})
    return pd.DataFrame(rows), pd.DataFrame(paragraphs, columns=["source", "start", "end"])


def _first_codings(
    each: pd.DataFrame, sources: pd.DataFrame, paragraphs: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one coding per finding and interview that has it: a stretch of a random paragraph."""
    rows, by_source = [], dict(list(paragraphs.groupby("source")))
    for finding, group in each[["id", "group"]].itertuples(index=False):
        names = sources.loc[sources["group"] == group, "source"].to_numpy()
        for source in rng.choice(names, size=rng.integers(1, len(names) + 1), replace=False):
            _, low, high = by_source[source].iloc[rng.integers(len(by_source[source]))]
            middle = (low + high) // 2
            rows.append((source, rng.integers(low, middle), rng.integers(middle, high) + 1, finding))
    return pd.DataFrame(rows, columns=["source", "start", "end", "code"])


def _second_codings(
    first: pd.DataFrame,
    each: pd.DataFrame,
    sources: pd.DataFrame,
    shared: np.ndarray,
    repeated: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    codings = first[first["source"].isin(shared)].drop(columns="coder").reset_index(drop=True)
    draw = rng.random(len(codings))
    kept = draw < repeated
    replaced = ~kept & (draw < (1 + repeated) / 2)
    group = codings["source"].map(sources.set_index("source")["group"])
    findings = each.groupby("group")["id"].agg(list)
    codings.loc[replaced, "code"] = [rng.choice(findings[name]) for name in group[replaced]]
    length = codings["source"].map(sources.set_index("source")["text"].str.len())
    codings["start"] = (codings["start"] + rng.integers(-SHIFT, SHIFT + 1, len(codings))).clip(lower=0)
    moved = codings["end"] + rng.integers(-SHIFT, SHIFT + 1, len(codings))
    codings["end"] = np.minimum(np.maximum(moved, codings["start"] + 1), length)
    codings["start"] = np.minimum(codings["start"], codings["end"] - 1)
    return codings[kept | replaced]


def _code_tree(findings: pd.DataFrame) -> pd.DataFrame:
    variables = pd.DataFrame({"id": findings["variable"].unique(), "parent": ""})
    codes = pd.concat([variables, findings[["id", "variable"]].set_axis(["id", "parent"], axis=1)])
    codes = codes.assign(code=codes["id"], name=codes["id"], description="", colour="")
    return codes[["id", "code", "name", "parent", "description", "colour"]].reset_index(drop=True)
