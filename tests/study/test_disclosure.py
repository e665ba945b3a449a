"""What is hidden cannot be worked out, no more is hidden than that takes, and tables are hidden together."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from loopbaanchecks.disclosure import EVERYONE, Counts, Ledger

MINIMUM = 5
FEWER = settings().max_examples // 3  # of what is slow


def with_totals(table, total="total"):
    """The table with a total row and column, unless there is one row or column only."""
    whole = table.assign(**{total: table.sum(axis=1)}) if table.shape[1] > 1 else table
    whole = pd.concat([whole, whole.sum().to_frame(total).T]) if len(table) > 1 else whole
    return whole.astype("Int64")


def suppress(table, *, minimum, total="total"):
    """A table and its totals as they may be shown, and which of them are small."""
    whole = with_totals(table, total)
    cells = [[(f"{row} {name}", frozenset({"x"})) for name in whole] for row in whole.index]
    at = pd.DataFrame(cells, whole.index, whole.columns, dtype=object)
    lines = [at.loc[row] for row in whole.index if total in whole] + [
        at[c] for c in whole if total in whole.index
    ]
    sums = [(line[total], tuple(line.drop(total))) for line in lines]
    known = {key: int(n) for key, n in zip(at.to_numpy().ravel(), whole.to_numpy().ravel(), strict=True)}
    hidden = Ledger(minimum).release("table", Counts(known, sums, frozenset(known)))
    return whole.mask(at.isin(list(hidden))), (whole >= 1) & (whole < minimum)


@st.composite
def tables(draw, most=4, top=14):
    rows, columns = draw(st.integers(1, most)), draw(st.integers(1, most))
    cells = draw(st.lists(st.integers(0, top), min_size=rows * columns, max_size=rows * columns))
    return pd.DataFrame(np.reshape(cells, (rows, columns))).rename("r{}".format).rename(columns="c{}".format)


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
def test_no_small_cell_can_be_worked_out(table):
    shown, small = suppress(table, minimum=MINIMUM)
    whole = with_totals(table)
    assert (shown.isna() | (shown == whole)).all(axis=None)
    ranges = hidden_ranges(shown)
    for cell in ranges.itertuples():
        value = whole.loc[cell.row, cell.column]
        assert cell.low <= value <= cell.high
        if small.loc[cell.row, cell.column]:
            assert cell.high - cell.low >= MINIMUM
    assert not (small & shown.notna()).any(axis=None)


@settings(max_examples=FEWER)
@given(tables())
def test_every_cell_hidden_beside_the_small_ones_is_needed(table):
    (shown, small), whole = suppress(table, minimum=MINIMUM), with_totals(table)
    for row, column in np.argwhere((shown.isna() & ~small).to_numpy()):
        fewer = shown.copy()
        fewer.iloc[row, column] = whole.iloc[row, column]
        ranges = hidden_ranges(fewer)
        guarded = [small.loc[cell.row, cell.column] for cell in ranges.itertuples()]
        assert ((ranges["high"] - ranges["low"])[guarded] < MINIMUM).any()


@settings(max_examples=20, deadline=None)
@given(tables(top=4))
def test_a_table_without_small_counts_is_shown_whole(table):
    shown, _ = suppress(table * MINIMUM, minimum=MINIMUM)
    assert shown.notna().all(axis=None)


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
    shown, _ = suppress(counts, minimum=5)
    assert shown.isna().sum().sum() == 4
    assert shown["total"].notna().all() and shown.loc["total"].notna().all()


def test_a_partner_that_leaves_too_little_room_is_not_enough():
    counts = pd.DataFrame({"yes": [1, 1, 40, 50], "no": [40, 50, 60, 70]}, index=list("ABCD"))
    ranges = hidden_ranges(suppress(counts, minimum=5)[0])
    assert (ranges["high"] - ranges["low"] >= 5).sum() >= 2


def test_one_column_hides_a_second_row_and_keeps_its_total():
    shown, _ = suppress(pd.DataFrame({"n": [3, 8, 20]}, index=list("ABC")), minimum=5)
    assert shown["n"].isna().tolist() == [True, True, False, False]


def test_one_row_and_one_cell():
    shown, _ = suppress(pd.DataFrame({"a": [3], "b": [30]}), minimum=5)
    assert shown.isna().to_numpy().tolist() == [[True, True, False]]
    alone, _ = suppress(pd.DataFrame({"a": [3]}), minimum=5)
    assert alone.isna().all(axis=None)
    assert hidden_ranges(alone)["high"].tolist() == [np.inf]


def test_a_small_total_is_hidden_as_well():
    shown, small = suppress(pd.DataFrame({"a": [1, 30], "b": [2, 40]}, index=["A", "B"]), minimum=5)
    assert shown.loc["A"].isna().all()
    assert small.sum().sum() == 3


def test_zero_is_shown():
    shown, _ = suppress(pd.DataFrame({"a": [0, 0], "b": [0, 0]}), minimum=5)
    assert shown.notna().all(axis=None)


# --- tables together ----------------------------------------------------------------------------------


def wave(number, *conditions):
    return "n", frozenset({f"wave={number}", *conditions})


def part(total, n, of):
    """The counts of a table with one row: who is there and who is not."""
    absent = ("n_missing", total[1])
    return Counts(
        {EVERYONE: of, total: n, absent: of - n}, [(EVERYONE, (total, absent))], frozenset({total, absent})
    )


def test_what_one_table_hides_no_other_shows():
    ledger = Ledger(5)
    assert ledger.release("attrition", part(wave(2), 26, of=28)) == {wave(2), ("n_missing", wave(2)[1])}
    assert ledger.release("again", Counts({wave(2): 26}, (), frozenset({wave(2)}))) == {wave(2)}


def test_a_difference_between_two_tables_is_a_count_too():
    """Of 90 who took part 88 answered: that two did not is not to be seen, whichever table comes first."""
    at, answered = wave(2), wave(2, "step=support")
    for first, second in ((at, answered), (answered, at)):
        numbers = {at: 90, answered: 88}
        ledger = Ledger(5)
        assert ledger.release("first", part(first, numbers[first], of=200)) == set()
        assert second in ledger.release("second", part(second, numbers[second], of=200))


def test_a_table_released_again_has_the_same_outcome_and_another_replaces_it():
    ledger = Ledger(5)
    once = ledger.release("first", part(wave(2), 90, of=200))
    ledger.release("second", part(wave(2, "step=support"), 88, of=200))
    assert ledger.release("first", part(wave(2), 90, of=200)) == once == set()
    assert ledger.release("first", part(wave(2), 196, of=200)) == {wave(2), ("n_missing", wave(2)[1])}


def test_a_table_released_without_what_was_hidden_keeps_the_rest_hidden():
    ledger = Ledger(5)
    counts = Counts({wave(1): 3, wave(2): 20}, (), frozenset({wave(1), wave(2)}))
    assert ledger.release("t", counts) == {wave(1)}
    assert ledger.release("t", Counts({wave(2): 20}, (), frozenset({wave(2)}))) == set()
    assert ledger.release("u", Counts({wave(1): 3}, (), frozenset({wave(1)}))) == {wave(1)}


def test_what_other_tables_say_counts_as_shown():
    """Of 9 people 2 are in the one part: 7 in the other is hidden when the 9 are known, shown when not."""
    small, large, both = wave(1, "x"), wave(1, "y"), wave(1)
    numbers, sums = {small: 2, large: 7, both: 9}, [(both, (small, large))]
    hidden = [
        Ledger(5).release("t", Counts(numbers, sums, frozenset({small, large}), frozenset(public)))
        for public in ((), (both,))
    ]
    assert hidden == [{small}, {small, large}]
    ledger = Ledger(5)
    ledger.release("t", Counts(numbers, sums, frozenset({small, large}), frozenset({both})))
    assert ledger.known_beside("u") == numbers and ledger.known_beside("t") == {}


def test_a_cell_that_is_another_number_elsewhere_is_a_cell_of_its_own():
    ledger = Ledger(5)
    ledger.release("t", Counts({wave(1): 3}, (), frozenset({wave(1)})))
    assert ledger.release("u", Counts({wave(1): 30}, (), frozenset({wave(1)}))) == set()


@pytest.mark.parametrize("minimum", [0, 2.5])
def test_a_minimum_is_a_whole_number(minimum):
    with pytest.raises(ValueError, match=f"minimum: expected whole numbers of at least 1; found {minimum}"):
        Ledger(minimum)
