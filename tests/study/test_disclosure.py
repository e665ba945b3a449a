"""A suppressed table cannot be undone, hides no more than it needs, and says how much it hides."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from loopbaanchecks.disclosure import is_small, suppress

MINIMUM = 5


@st.composite
def tables(draw, most=4, top=14):
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    cells = draw(st.lists(st.integers(0, top), min_size=rows * columns, max_size=rows * columns))
    return pd.DataFrame(np.reshape(cells, (rows, columns))).rename("r{}".format).rename(columns="c{}".format)


def with_totals(table):
    return suppress(table, minimum=1).frame


def hidden_ranges(shown, total="total"):
    """The least and greatest count of each hidden cell that fits what is shown: what a reader can know."""
    places = np.arange(shown.size).reshape(shown.shape)
    lines = [(places[i], shown.columns == total) for i in range(len(shown)) if total in shown.columns]
    lines += [(places[:, j], shown.index == total) for j in range(shown.shape[1]) if total in shown.index]
    sums = np.zeros((len(lines), shown.size))
    for row, (line, is_total) in enumerate(lines):
        sums[row, line] = np.where(is_total, -1, 1)
    known = shown.astype("Float64").to_numpy(dtype=float, na_value=np.nan).ravel()
    within = [(0, None) if np.isnan(value) else (value, value) for value in known]
    ranges = []
    for cell in np.flatnonzero(np.isnan(known)):
        ends = []
        for sign in (1, -1):
            found = linprog(
                sign * np.eye(shown.size)[cell], A_eq=sums, b_eq=np.zeros(len(sums)), bounds=within
            )
            assert found.status in (0, 3), "no counts fit what is shown"  # 3: without bound
            ends.append(sign * round(found.fun) if found.status == 0 else np.inf)
        row, column = divmod(int(cell), shown.shape[1])
        ranges.append((shown.index[row], shown.columns[column], *ends))
    return pd.DataFrame(ranges, columns=["row", "column", "low", "high"])


def by_enumeration(shown, most):
    """Ranges of the four hidden cells of a 3 x 3 table, from every filling that fits its totals."""
    whole = shown.astype("Float64").to_numpy(dtype=float, na_value=0)
    gap = shown.isna().to_numpy()
    values = np.array(list(itertools.product(range(most + 1), repeat=int(gap.sum()))))
    tables = np.repeat(whole[None], len(values), axis=0)
    tables[:, gap] = values
    rows = (tables[:, :-1, :-1].sum(axis=2) == tables[:, :-1, -1]).all(axis=1)
    fits = values[rows & (tables[:, :-1, :-1].sum(axis=1) == tables[:, -1, :-1]).all(axis=1)]
    return fits.min(axis=0), fits.max(axis=0)


@given(tables())
def test_no_hidden_cell_can_be_worked_out(table):
    done = suppress(table, minimum=MINIMUM)
    whole = with_totals(table)
    assert (done.frame.isna() | (done.frame == whole)).all(axis=None)
    ranges = hidden_ranges(done.frame)
    assert (ranges["high"] > ranges["low"]).all()
    for cell in ranges.itertuples():
        value = whole.loc[cell.row, cell.column]
        assert cell.low <= value <= cell.high
        if 1 <= value < MINIMUM:
            assert cell.high - cell.low >= MINIMUM
    assert done.n_primary == is_small(whole, minimum=MINIMUM).sum(axis=None)
    assert len(ranges) == done.n_primary + done.n_complementary
    assert not is_small(done.frame, minimum=MINIMUM).any(axis=None)


@given(tables())
def test_every_complementary_cell_is_needed(table):
    done, whole = suppress(table, minimum=MINIMUM), with_totals(table)
    small = is_small(whole, minimum=MINIMUM)
    for row, column in np.argwhere((done.frame.isna() & ~small).to_numpy()):
        fewer = done.frame.copy()
        fewer.iloc[row, column] = whole.iloc[row, column]
        ranges = hidden_ranges(fewer)
        guarded = [small.loc[cell.row, cell.column] for cell in ranges.itertuples()]
        assert ((ranges["high"] - ranges["low"])[guarded] < MINIMUM).any()


@settings(max_examples=20, deadline=None)
@given(tables(top=4))
def test_a_table_without_small_counts_is_shown_whole(table):
    done = suppress(table * MINIMUM, minimum=MINIMUM)
    assert (done.n_primary, done.n_complementary) == (0, 0)
    assert done.frame.notna().all(axis=None)


@settings(max_examples=20, deadline=None)
@given(tables())
def test_totals_given_and_totals_added_are_the_same(table):
    once = suppress(table, minimum=MINIMUM)
    pd.testing.assert_frame_equal(once.frame, suppress(with_totals(table), minimum=MINIMUM).frame)


def test_ranges_agree_with_every_table_that_fits():
    rng = np.random.default_rng(2007)
    for _ in range(12):
        counts = pd.DataFrame(rng.integers(0, 7, (3, 3)), list("abc"), list("xyz"))
        shown = with_totals(counts)
        for row, column in [(0, 0), (0, 1), (1, 0), (1, 1)]:
            shown.iloc[row, column] = pd.NA
        low, high = by_enumeration(shown, most=13)
        ranges = hidden_ranges(shown)
        np.testing.assert_array_equal(ranges["low"], low)
        np.testing.assert_array_equal(ranges["high"], high)


def test_hiding_the_small_cells_alone_would_not_do():
    counts = pd.DataFrame({"yes": [2, 9, 12], "no": [11, 8, 30]}, index=list("ABC"))
    only_small = with_totals(counts)
    only_small.loc["A", "yes"] = pd.NA
    (known,) = hidden_ranges(only_small).itertuples(index=False)
    assert (known.low, known.high) == (2, 2)
    done = suppress(counts, minimum=5)
    assert (done.n_primary, done.n_complementary) == (1, 3)
    assert done.frame["total"].notna().all() and done.frame.loc["total"].notna().all()


def test_a_partner_that_leaves_too_little_room_is_not_enough():
    counts = pd.DataFrame({"yes": [1, 1, 40, 50], "no": [40, 50, 60, 70]}, index=list("ABCD"))
    ranges = hidden_ranges(suppress(counts, minimum=5).frame)
    assert (ranges["high"] - ranges["low"] >= 5).sum() >= 2


def test_one_column_hides_a_second_row_and_keeps_its_total():
    done = suppress(pd.DataFrame({"n": [3, 8, 20]}, index=list("ABC")), minimum=5)
    assert done.frame["n"].isna().tolist() == [True, True, False, False]
    assert (done.n_primary, done.n_complementary) == (1, 1)


def test_one_row_and_one_cell():
    done = suppress(pd.DataFrame({"a": [3], "b": [30]}), minimum=5)
    assert done.frame.isna().to_numpy().tolist() == [[True, True, False]]
    alone = suppress(pd.DataFrame({"a": [3]}), minimum=5)
    assert alone.frame.isna().all(axis=None) and (alone.n_primary, alone.n_complementary) == (1, 0)
    assert hidden_ranges(alone.frame)["high"].tolist() == [np.inf]


def test_a_small_total_is_hidden_as_well():
    done = suppress(pd.DataFrame({"a": [1, 30], "b": [2, 40]}, index=["A", "B"]), minimum=5)
    assert done.frame.loc["A"].isna().all()
    assert done.n_primary == 3


def test_zero_is_shown_and_empty_tables_pass():
    done = suppress(pd.DataFrame({"a": [0, 0], "b": [0, 0]}), minimum=5)
    assert done.frame.notna().all(axis=None)
    assert suppress(pd.DataFrame({"a": pd.Series(dtype=int)}), minimum=5).frame.empty
    assert hidden_ranges(done.frame).empty


def test_small_counts_are_masked_and_gaps_are_not_small():
    counts = pd.DataFrame({"a": pd.array([0, 4, pd.NA], dtype="Int64")})
    assert is_small(counts, minimum=5)["a"].tolist() == [False, True, False]
    assert not is_small(counts, minimum=1).any(axis=None)


def test_another_name_for_the_totals():
    done = suppress(pd.DataFrame({"a": [6, 7], "b": [8, 9]}), minimum=5, total="totaal")
    assert list(done.frame.columns) == ["a", "b", "totaal"]
    assert done.frame.loc["totaal", "totaal"] == 30


@pytest.mark.parametrize(
    ("table", "minimum", "message"),
    [
        ({"a": [1, 2]}, 0, "minimum: expected whole numbers of at least 1; found 0"),
        ({"a": [1, 2]}, 2.5, "minimum: expected whole numbers of at least 1; found 2.5"),
        (
            {"a": [1, -2]},
            5,
            "table, row 1, column a: expected a whole number of zero or more; found -2",
        ),
        ({"a": [1, 0.5]}, 5, "row 1, column a: expected a whole number of zero or more"),
        ({"a": [1, None]}, 5, "row 1, column a: expected a whole number of zero or more"),
        ({"a": ["x", 2]}, 5, "table, row 0, column a: expected a whole number of zero or more; found x"),
        ({"a": [1], "b": [2], "total": [4]}, 5, "table, row 0: expected 3 as total, the sum; found 4"),
    ],
)
def test_what_is_not_a_table_of_counts_is_refused(table, minimum, message):
    with pytest.raises(ValueError) as error:  # noqa: PT011
        suppress(pd.DataFrame(table), minimum=minimum)
    assert message in str(error.value)


def test_a_wrong_total_row_and_double_names_are_refused():
    rows = pd.DataFrame({"a": [1, 2, 4]}, index=["A", "B", "total"])
    with pytest.raises(ValueError, match="table, column a: expected 3 as total, the sum; found 4"):
        suppress(rows, minimum=5)
    with pytest.raises(ValueError, match="table, rows: expected unique names; found 'A' twice"):
        suppress(rows.set_axis(["A", "A", "total"]), minimum=5)
