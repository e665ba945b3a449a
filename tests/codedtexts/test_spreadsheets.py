"""Tables of codings that do not fit."""

import pytest

from codedtexts import read_interviews


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source,text\na,b\n", "expected columns source, code"),
        (
            "source,code,start,end\na,b,x,2\n",
            "expected whole numbers as start and end; found 'x' and '2' at row 2",
        ),
        ("", "expected a table of codings"),
    ],
)
def test_tables_that_do_not_fit_are_refused(content, message, tmp_path):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_interviews(tmp_path / "a.csv")
