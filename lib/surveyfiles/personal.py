"""Personal data: what looks like it stays out of the frame, and out of every message."""

import re

import pandas as pd

from expect import plain

OPEN = {"text": "an open answer", "email": "an e-mail address"}  # types of the codebook that are left out
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.I)
IP = re.compile(r"(\d{1,3}\.){3}\d{1,3}|(?=.*[a-f\d])([a-f\d]{0,4}:){3,7}[a-f\d]{0,4}", re.I)
PERSONAL = re.compile(
    r"e-?mail|\bmail\b|naam\b|\bname|(first|last|full|recipient)\s?_?name|ip_?-?\s?addr|ip-?_?adres|latitude"
    r"|longitude|\bphone|telefoon|\badres|\baddress|postcode|\bbsn\b|geboortedatum|externalreference"
)


def shown(value: object) -> str:
    """Return a refused value for a message: short, and never an address."""
    text = f"{value:.15g}" if isinstance(value, float) else str(value).strip()
    for pattern, name in ((EMAIL, "e-mail address"), (IP, "IP address")):
        if pattern.search(text):
            return f"[{name}]"
    return text if len(text) <= 40 else f"{text[:39]}…"


def _likeness(cells: pd.Series) -> str:
    """Return what at least half of the distinct texts look like: e-mail or IP addresses; "" if neither."""
    texts = [v.strip() for v in cells.unique()[:2000] if isinstance(v, str) and v.strip()]
    for pattern, name in ((EMAIL, "e-mail addresses"), (IP, "IP addresses")):
        if texts and 2 * sum(bool(pattern.fullmatch(text)) for text in texts) >= len(texts):
            return name
    return ""


def reason_to_leave_out(name: str, kind: str | None, cells: pd.Series) -> str:
    """Return why a column is taken for personal data; "" if it is not.

    Parameters
    ----------
    name : str
        In the file.
    kind : str or None
        Type in the codebook, if it is there.
    cells : pandas.Series
        As in the file.

    Returns
    -------
    str
        For an open answer, cells that look like addresses, or a telling name that the codebook does not know.
    """
    if kind in OPEN:
        return f"personal data: {OPEN[kind]}"
    if cells.dtype != float and (likeness := _likeness(cells)):
        return f"personal data: values look like {likeness}"
    if kind is None and PERSONAL.search(plain(f"{name} {name.replace('_', ' ')}")):
        return "personal data by its name"
    return ""
