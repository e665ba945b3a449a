"""The findings of section 4.2 by variable and group, and beside the survey."""

import numpy as np
import pandas as pd

from expect import check_columns


def finding_grid(findings: pd.DataFrame, topics: pd.DataFrame) -> pd.DataFrame:
    """Count the published findings per variable and group, and say whether the group was asked about it.

    Parameters
    ----------
    findings : pandas.DataFrame
        Columns `id`, `variable` and `groups` (separated by semicolons).
    topics : pandas.DataFrame
        Columns `group` and `variable`: what each group was asked about.

    Returns
    -------
    pandas.DataFrame
        One row per variable × group, in the order of findings and topics: `variable`, `group`, `findings` (a
        finding of two groups counts in both), `asked` (bool), `cell` (reported, not_reported: asked without a
        finding, or not_asked).

    Raises
    ------
    ValueError
        If a column is absent, or a finding is of a group that no topic names.

    Examples
    --------
    >>> findings = pd.DataFrame({"id": ["f"], "variable": ["skills"], "groups": ["a;b"]})
    >>> topics = pd.DataFrame({"group": ["a", "b", "c"], "variable": ["skills"] * 3})
    >>> finding_grid(findings, topics)[["group", "findings", "cell"]].to_numpy().tolist()
    [['a', 1, 'reported'], ['b', 1, 'reported'], ['c', 0, 'not_reported']]
    """
    check_columns("findings", findings, ["id", "variable", "groups"])
    check_columns("topics", topics, ["group", "variable"])
    each = findings.assign(group=findings["groups"].str.split(";")).explode("group")
    variables, groups = findings["variable"].unique(), topics["group"].unique()
    if unknown := sorted(set(each["group"]) - set(groups)):
        raise ValueError(f"findings: expected groups {', '.join(groups)}; found {', '.join(unknown)}")
    grid = pd.MultiIndex.from_product([variables, groups], names=["variable", "group"]).to_frame(index=False)
    keys = list(grid.itertuples(index=False, name=None))
    counted = each.groupby(["variable", "group"]).size()
    asked = set(topics[["variable", "group"]].itertuples(index=False, name=None))
    grid["findings"] = counted.reindex(keys, fill_value=0).to_numpy()
    grid["asked"] = [key in asked for key in keys]
    empty = np.where(grid["asked"], "not_reported", "not_asked")
    return grid.assign(cell=np.where(grid["findings"] > 0, "reported", empty))


def joint_display(joint: pd.DataFrame, findings: pd.DataFrame, scales: pd.DataFrame) -> pd.DataFrame:
    """Put survey and interviews side by side, one row per variable.

    Parameters
    ----------
    joint : pandas.DataFrame
        Columns `variable`, `scales` and `findings` (ids, separated by semicolons), `judgement`.
    findings : pandas.DataFrame
        Columns `id`, `polarity`, `groups`.
    scales : pandas.DataFrame
        Columns `item` and `value`: the survey mean of each scale.

    Returns
    -------
    pandas.DataFrame
        The columns of `joint`, and `n_scales`, `scale_low`, `scale_high` (lowest and highest mean of a scale,
        NaN without one), `findings_n`, `helps`, `hinders`, `neutral` (counts of findings).

    Raises
    ------
    ValueError
        If a column is absent, or joint names a scale or finding that does not exist.

    Examples
    --------
    >>> joint = pd.DataFrame({"variable": ["v"], "scales": ["s"], "findings": ["f"], "judgement": ["silent"]})
    >>> findings = pd.DataFrame({"id": ["f"], "polarity": ["helps"], "groups": ["a"]})
    >>> scales = pd.DataFrame({"item": ["s"], "value": [3.5]})
    >>> joint_display(joint, findings, scales)[["scale_low", "helps", "hinders"]].to_numpy().tolist()
    [[3.5, 1.0, 0.0]]
    """
    check_columns("joint", joint, ["variable", "scales", "findings", "judgement"])
    check_columns("findings", findings, ["id", "polarity", "groups"])
    check_columns("scales", scales, ["item", "value"])
    means, polarities = scales.set_index("item")["value"], findings.set_index("id")["polarity"]
    rows = []
    for row in joint.itertuples():
        scale_ids, finding_ids = row.scales.split(";") if row.scales else [], row.findings.split(";")
        for kind, ids, known in (("scale", scale_ids, means), ("finding", finding_ids, polarities)):
            if unknown := [id_ for id_ in ids if id_ not in known.index]:
                raise ValueError(f"joint, {row.variable}: expected a known {kind}; found {unknown[0]!r}")
        counts = polarities[finding_ids].value_counts().reindex(["helps", "hinders", "neutral"], fill_value=0)
        span = {"scale_low": means[scale_ids].min(), "scale_high": means[scale_ids].max()}
        rows.append({"n_scales": len(scale_ids), **span, "findings_n": len(finding_ids), **counts})
    return joint.reset_index(drop=True).join(pd.DataFrame(rows))
