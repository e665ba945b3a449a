"""What a caller hands over is what was expected, or one sentence says what was found instead.

`arguments` checks values and frames, `files` and `tables` read files of strangers within `limits`, `showing`
makes their text harmless where it is shown, `digits` settles the last bits of computed numbers.  A name is
imported when it is first asked for, so that a program that checks one word does not wait for pandas.
"""

from importlib import import_module

_ROOMS = {
    "arguments": (
        "check_between",
        "check_columns",
        "check_one_of",
        "check_problems",
        "check_sizes",
        "rows_named",
    ),
    "digits": ("exact", "settled", "settled_frame"),
    "files": ("Archive", "is_sqlite", "open_sqlite", "read_rows", "read_table", "read_xml"),
    "limits": ("check_file", "check_table", "read_file"),
    "showing": ("inert", "visible", "without_apostrophe"),
    "tables": ("TextTable", "decode", "plain"),
    "workbooks": ("read_sheets",),
}
_MODULE = {name: module for module, names in _ROOMS.items() for name in names}
__all__ = sorted(_MODULE)


def __getattr__(name: str) -> object:
    if name not in _MODULE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE[name]}"), name)
