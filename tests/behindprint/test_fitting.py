"""What would make a row possible."""

from brute_force import LIKERT, table_of

from behindprint import fit_rows, frequency_tables, possible_sizes, repairs, verdict


def test_the_two_rows_that_do_not_fit_97_and_what_would_mend_them():
    sizes = range(93, 101)
    fits = possible_sizes([("4,15", "0,72"), ("3,90", "1,00")], sizes, **LIKERT)
    assert not fits.loc[97, [0, 1]].any()
    assert list(fits.index[fits[0]]) == [93, 94, 98, 99, 100]
    assert [n for n in fits.index[fits[1]] if n < 100] == [93, 94, 96, 98]
    assert (fits["all"] == (fits[0] & fits[1])).all()
    mended = repairs("4,15", "0,72", 97, sizes=sizes, **LIKERT)
    assert set(zip(mended["change"], mended["steps"], strict=True)) >= {("n", 1), ("n", -3), ("mean", 1)}
    for row in mended.itertuples():
        assert len(frequency_tables(row.mean, row.sd, row.n, **LIKERT))
    assert repairs("4,14", "0,72", 97, sizes=sizes, **LIKERT).empty


def test_a_whole_table_fits_where_its_rows_do():
    rows = table_of((9, "4,15", "0,72"), (9, "4,07", "0,92"), (10, "2,20", "1,12"), (10, "4,02", "0,92"))
    rows = rows.assign(options=[(1, 2, 3, 4, 5)] * 3 + [(0, 1, 2, 3, 4, 5)])
    fit = fit_rows(rows, [97, 98], ddof=1, rounding="either")
    assert fit.index.tolist() == rows.index.tolist()
    assert fit.columns.tolist() == [97, 98]
    assert fit.loc["r0"].tolist() == [False, True]
    for row in rows.itertuples():
        choices = {"options": row.options, "ddof": 1, "rounding": "either"}
        words = [verdict(row.mean, row.sd, n, **choices).word for n in (97, 98)]
        assert fit.loc[row.Index].tolist() == [word == "consistent" for word in words]


def test_repairs_keep_the_decimal_sign_and_the_number_of_decimals_and_never_make_an_sd_negative():
    point = repairs("4.15", "0.72", 97, sizes=[97, 1], **LIKERT, decimal=".")
    comma = repairs("4,15", "0,72", 97, sizes=[97, 1], **LIKERT)
    assert point["mean"].str.replace(".", ",").tolist() == comma["mean"].tolist()
    assert set(point["change"]) == {"mean", "sd"}
    small = repairs("3,3", "0,0", 2, sizes=[2], **LIKERT)
    assert not small["sd"].str.startswith("-").any() and len(small)
