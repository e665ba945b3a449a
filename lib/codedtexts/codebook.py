"""The code book as a table: parents first, every code under a name of its own."""

import pandas as pd

from codedtexts.model import CODE_COLUMNS, Code, Draft, distinct


def code_table(draft: Draft) -> pd.DataFrame:
    """Return the table of codes; what does not fit together in it is mended and counted as a loss.

    A repeated name is preceded by its parents, unless the file has a name of its own for it.
    """
    codes = _each_once(draft)
    codes = _without_absent_parents(codes, draft)
    codes = _parents_first(codes, draft)
    frame = pd.DataFrame(codes, columns=Code._fields).fillna("")
    parents = {code.id: (code.parent, code.name) for code in codes}
    repeated = set(frame.loc[frame["name"].duplicated(), "name"])
    named = [
        code.label or (_names_from_the_top(code.id, parents) if code.name in repeated else code.name)
        for code in codes
    ]
    return frame.assign(code=distinct(named, list(frame["id"])))[CODE_COLUMNS].astype(object)


def _each_once(draft: Draft) -> list[Code]:
    codes = {}
    for code in draft.codes:
        if code.id in codes:
            draft.lose("code that has the id of another: left out", where=code.name)
        codes.setdefault(code.id, code)
    return list(codes.values())


def _without_absent_parents(codes: list[Code], draft: Draft) -> list[Code]:
    known, kept = {"", *(code.id for code in codes)}, []
    for code in codes:
        if code.parent not in known:
            draft.lose("category that is gone: its code stands at the top", where=code.name)
        kept.append(code if code.parent in known else code._replace(parent=""))
    return kept


def _parents_first(codes: list[Code], draft: Draft) -> list[Code]:
    """Return the codes, each after its parent; a circle is cut where it begins."""
    placed, ordered, waiting = {""}, [], codes
    while waiting:
        ready = [code for code in waiting if code.parent in placed]
        if not ready:
            draft.lose("code above itself: it stands at the top", where=waiting[0].name)
            waiting = [waiting[0]._replace(parent=""), *waiting[1:]]
            continue
        ordered += ready
        placed |= {code.id for code in ready}
        waiting = [code for code in waiting if code.id not in placed]
    order = {code.id: at for at, code in enumerate(codes)}
    return ordered if any(_late(ordered, order)) else codes


def _late(ordered: list[Code], order: dict[str, int]) -> list[bool]:
    """Return for each code whether its parent stands after it in the file, or was taken from it."""
    return [bool(code.parent) and order[code.parent] > order[code.id] for code in ordered]


def _names_from_the_top(code: str, parents: dict[str, tuple[str, str]]) -> str:
    names = []
    while code in parents:
        code, name = parents[code]
        names.append(name)
    return " > ".join(reversed(names))


def code_tree(segments: pd.DataFrame, codes: pd.DataFrame) -> pd.DataFrame:
    """Return the code book as a tree, with how often each code was given.

    Parameters
    ----------
    segments : pandas.DataFrame
        Columns `source`, `coder`, `code`.
    codes : pandas.DataFrame
        Columns `id`, `code`, `name`, `parent` and `description`, parents before the codes below them.

    Returns
    -------
    pandas.DataFrame
        One row per code, each followed by those below it: `code`, `name`, `depth` (0 at the top), `segments`
        and `interviews` (with this code itself), `coders` (who gave it), `below` (codes under it),
        `description`.

    Examples
    --------
    >>> codes = pd.DataFrame({"id": ["1", "2", "3"], "code": ["a", "b", "c"], "name": ["a", "b", "c"]})
    >>> codes = codes.assign(parent=["", "", "1"], description="")
    >>> spans = pd.DataFrame({"source": ["i"], "coder": ["A"], "code": ["c"]})
    >>> code_tree(spans, codes)[["code", "depth", "segments"]].to_numpy().tolist()
    [['a', 0, 0], ['c', 1, 1], ['b', 0, 0]]
    """
    below: dict[str, list] = {}
    for row in codes.itertuples(index=False):
        below.setdefault(row.parent, []).append(row)
    rows, waiting = [], [(row, 0) for row in reversed(below.get("", []))]
    while waiting:
        row, depth = waiting.pop()
        children = below.get(row.id, [])
        rows.append((row.code, row.name, depth, len(children), row.description))
        waiting += [(child, depth + 1) for child in reversed(children)]
    tree = pd.DataFrame(rows, columns=["code", "name", "depth", "below", "description"])
    named = segments.assign(coder=segments["coder"].where(segments["coder"] != ""))
    counts = named.groupby("code").agg(
        segments=("source", "size"), interviews=("source", "nunique"), coders=("coder", "nunique")
    )
    tree = tree.join(counts, on="code").fillna({"segments": 0, "interviews": 0, "coders": 0})
    tree = tree.astype(dict.fromkeys(["segments", "interviews", "coders"], "int64"))
    return tree[["code", "name", "depth", "segments", "interviews", "coders", "below", "description"]]
