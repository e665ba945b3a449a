"""Tables of codings that do not fit."""

import pytest

from codedtexts import read_interviews


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("source,text\na,b\n", "expected columns source, code"),
        ("source,code,start,end\na,b,x,2\n", "expected a whole number as start; found 'x' at row 2"),
        ("source,code,start,end\na,b,3,2\n", "expected start before end"),
        ("", "expected a table of codings"),
    ],
)
def test_tables_that_do_not_fit_are_refused(content, message, tmp_path):
    (tmp_path / "a.csv").write_text(content)
    with pytest.raises(ValueError, match=message):
        read_interviews(tmp_path / "a.csv")
