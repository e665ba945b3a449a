"""The documents as data: typed frames of what is in data/, checked against its descriptor."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from expect import check_one_of
from loopbaanchecks.paths import DATA

TYPES = {"string": "str", "integer": "Int64", "number": "Float64", "boolean": "boolean"}


def read_resource(name: str, *, data: Path = DATA) -> pd.DataFrame:
    """Read one CSV of data/ with the types of its schema in datapackage.json.

    Parameters
    ----------
    name : str
        Resource name, such as `report_2021-published`.
    data : Path
        Folder that holds datapackage.json.

    Returns
    -------
    pandas.DataFrame
        One column per field of the schema; text columns hold "" where the file is empty.

    Raises
    ------
    ValueError
        If the resource is unknown, columns differ from the schema, a required value is missing, or a
        value is not of its type or not among its allowed values; names file, column and lines.
    """
    descriptor = json.loads((data / "datapackage.json").read_text(encoding="utf8"))
    resources = {resource["name"]: resource for resource in descriptor["resources"]}
    check_one_of("resource", name, sorted(resources))
    resource = resources[name]
    frame = pd.read_csv(data / resource["path"], dtype="str", keep_default_na=False)
    fields = resource["schema"]["fields"]
    expected = [f["name"] for f in fields]
    if list(frame.columns) != expected:
        raise ValueError(f"{resource['path']}: expected columns {expected}; found {list(frame.columns)}")
    for field in fields:
        frame[field["name"]] = _typed(frame[field["name"]], field, resource["path"])
    return frame


def _typed(column: pd.Series, field: dict, path: str) -> pd.Series:
    constraints = field.get("constraints", {})
    empty = column == ""
    bad = empty & constraints.get("required", False)
    if "enum" in constraints:
        bad |= ~empty & ~column.isin([str(v) for v in constraints["enum"]])
    if "pattern" in constraints:
        bad |= ~empty & ~column.str.fullmatch(constraints["pattern"])
    if (kind := field.get("type", "string")) != "string":
        numbers = pd.to_numeric(column.mask(empty), errors="coerce")
        bad |= ~empty & numbers.isna()
    if bad.any():
        lines = ", ".join(str(i + 2) for i in column.index[bad][:10])
        value = column[bad].iloc[0]
        raise ValueError(f"{path}: column {field['name']}, line {lines}: expected {field}; found {value!r}")
    return column.astype("str") if kind == "string" else numbers.astype(TYPES[kind])


def read_vocabulary(*, data: Path = DATA) -> pd.DataFrame:
    """Read the words that tables and figures use: `key` (index), `nl`, `en`, `format`."""
    return read_resource("vocabulary", data=data).set_index("key")


@dataclass(frozen=True)
class Study:
    """The report of December 2021 as frames; each is read once, when first asked for.

    Parameters
    ----------
    data : Path
        Folder that holds datapackage.json and report_2021/.
    """

    data: Path = DATA

    def __reduce__(self) -> tuple:
        """Be pickled as the folder alone, without the frames that were read."""
        return type(self), (self.data,)

    def _read(self, name: str) -> pd.DataFrame:
        return read_resource(f"report_2021-{name}", data=self.data)

    @cached_property
    def published(self) -> pd.DataFrame:
        """One printed number per row: table, row, item, statistic, printed, restored, locator."""
        return self._read("published")

    @cached_property
    def codebook(self) -> pd.DataFrame:
        """One variable of the questionnaire per row, in its order."""
        return self._read("codebook")

    @cached_property
    def scales(self) -> pd.DataFrame:
        """One row per scale of table 8 and item that may belong to it; always inferred."""
        return self._read("scales")

    @cached_property
    def figures(self) -> pd.DataFrame:
        """The numbers of the running text, indexed by their id."""
        return self._read("figures").set_index("figure")

    @cached_property
    def respondents(self) -> pd.DataFrame:
        """Who was interviewed: the rows of tables 1-3."""
        return self._read("respondents")

    @cached_property
    def findings(self) -> pd.DataFrame:
        """The findings of the interviews, one per row, in own words."""
        return self._read("findings")

    @cached_property
    def topics(self) -> pd.DataFrame:
        """Which group was asked about what: topic lists and interview guides."""
        return self._read("topics")

    @cached_property
    def joint(self) -> pd.DataFrame:
        """Survey and interviews side by side, one row per variable of the ASE model, with our judgement."""
        return self._read("joint")

    @cached_property
    def cells(self) -> pd.DataFrame:
        """Which check the printed cells of each table get: table, statistic, check, inputs."""
        return self._read("cells")

    def printed(self, figure: str) -> str:
        """Return a number of the running text as printed, such as "8,5"."""
        if figure not in self.figures.index:
            raise ValueError(f"figure: expected an id of figures.csv; found {figure!r}")
        return self.figures.loc[figure, "printed"]

    @cached_property
    def items(self) -> pd.DataFrame:
        """The rows of tables 6-11, one per item or scale.

        Returns
        -------
        pandas.DataFrame
            `table`, `row`, `item`, `label_nl`, `label_en`, `mean`, `sd` (text as printed, with a dropped
            zero restored), `mean_printed` (as printed), `kind` (item, scale), `options` (tuple of int; for
            a scale the end points of its items).
        """
        cells = self.published[self.published["statistic"] != "count"]
        keys = ["table", "row", "item"]
        wide = cells.pivot(index=keys, columns="statistic", values="printed").reset_index()
        restored = cells[cells["restored"] != ""].set_index("item")["restored"]
        wide["mean_printed"] = wide["mean"]
        wide["mean"] = wide["item"].map(restored).fillna(wide["mean"])
        words = pd.concat([self._item_words(), self._scale_words()])
        return wide.rename_axis(columns=None).merge(words, on="item", how="left", validate="one_to_one")

    def _item_words(self) -> pd.DataFrame:
        words = self.codebook.rename(columns={"variable": "item"})
        options = words["options"].map(lambda codes: tuple(int(c) for c in codes.split(";") if c))
        return words[["item", "label_nl", "label_en"]].assign(options=options, kind="item")

    def _scale_words(self) -> pd.DataFrame:
        words = self.scales.drop_duplicates("scale")[["scale", "label_nl", "label_en"]]
        words = words.rename(columns={"scale": "item"})
        return words.assign(options=[(1, 2, 3, 4, 5)] * len(words), kind="scale")
