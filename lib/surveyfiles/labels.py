"""What the labels of a file say its codes mean, held against the response options of the codebook."""

from collections.abc import Mapping

from expect import plain
from surveyfiles.personal import shown
from surveyfiles.wording import bare, label_tail, option_words, question_forms, says_nothing, split_code

TICKED = (
    "ja;yes;y;x;true;waar;checked;selected;quoted;ticked;aangevinkt;aangekruist;gekozen;geselecteerd;genoemd"
)
UNTICKED = (
    "nee;no;n;false;onwaar;unchecked;not checked;not selected;not quoted;unselected;not ticked;niet genoemd"
)
UNTICKED += ";niet aangevinkt;niet aangekruist;niet gekozen;niet geselecteerd"
OTHER = ("anders", "other")  # the option that LimeSurvey writes as -oth-
SHOWN_LABELS = 12  # of a file, in a message


def options_of(text: str) -> tuple[int, ...]:
    """Return the codes of a codebook cell such as `1;2;3`."""
    return tuple(int(code) for code in text.split(";") if code)


def words_of(row, question: str = "") -> dict[str, int]:
    """Return the code of each option label of a codebook row.

    Parameters
    ----------
    row : namedtuple
        `type`, `options`, `options_nl`, `options_en`; if there, `options_also`: other wordings (`|` between
        those of an option) and `label_nl`, `label_en`.
    question : str
        Of the column: in a column per option its last part is how some programs write a tick.

    Returns
    -------
    dict of str to int
        In both languages, as `option_words` writes them.
    """
    words, codes = {}, options_of(row.options)
    if row.type == "multiple":
        words = dict.fromkeys(map(plain, UNTICKED.split(";")), 0) | dict.fromkeys(TICKED.split(";"), 1)
        own = [getattr(row, "label_nl", ""), getattr(row, "label_en", "")]
        parts = [label_tail(label) for label in own] + question_forms("", question)[1]
        words |= dict.fromkeys([part for part in parts if part and part not in words], 1)
    for labels in (row.options_nl, row.options_en):  # a question of yes and no
        said = dict(zip(map(plain, labels.split(";")), codes, strict=False))
        if said.keys() in ({"ja", "nee"}, {"yes", "no"}):
            yes, no = (said.get("ja", said.get("yes")), said.get("nee", said.get("no")))
            words |= {"y": yes, "true": yes, "waar": yes, "n": no, "false": no, "onwaar": no}
    also = getattr(row, "options_also", "") or ""
    for code, others in zip(codes, also.split(";"), strict=False):
        words |= {form: code for other in others.split("|") if other for form in option_words(other)}
    for labels in (row.options_en, row.options_nl):
        for code, label in zip(codes, labels.split(";"), strict=False):
            words |= dict.fromkeys(reversed(option_words(label)), code)
            words |= {"-oth-": code} if plain(label) in OTHER else {}
    return words


def option_meant(label: object, words: Mapping[str, int]) -> int | None:
    """Return the code of the option that a label names, alone or beside its code; None for another label.

    Examples
    --------
    >>> words = {"nooit": 1, "anders": 2}
    >>> [option_meant(text, words) for text in ("Nooit", "1 - nooit", "2 - nooit", "Anders, nl.")]
    [1, 1, None, 2]
    """
    for form in option_words(str(label)):
        if form in words:
            return words[form]
    parted = split_code(str(label))
    if parted:
        code = next((words[form] for form in option_words(parted[1]) if form in words), None)
        return code if code == parted[0] else None
    return None


def label_of(value: object, labels: Mapping) -> str:
    """Return the label that a file gives to a value; "" if none."""
    found = labels.get(value, labels.get(value.strip(), "") if isinstance(value, str) else "")
    return str(found)


def translate(present: list, labels: Mapping, variable) -> tuple[dict, str]:
    """Translate the codes of a file by their labels.

    Parameters
    ----------
    present : list
        Distinct values of the column that are not missing.
    labels : mapping
        Labels of the file for values that are not missing codes.
    variable : Variable
        `options` and `words` of the codebook.

    Returns
    -------
    dict
        Code of the codebook for each value whose label says it.
    str
        Why that cannot be done: labels that the codebook does not know, or that contradict bare codes.
    """
    known, unknown = {}, {}
    for value, label in labels.items():
        if bare(label) == bare(shown(value)):
            continue  # the label says no more than the value
        code = option_meant(_without_own_code(label, value), variable.words)
        if code is None and not (value not in variable.options and says_nothing(label)):
            unknown[value] = label
        elif code is not None:
            known[value] = float(code)
    used = [v for v in present if isinstance(v, float) or label_of(v, labels)]
    used = [v.strip() if isinstance(v, str) and v not in labels else v for v in used]
    loose = [v for v in used if v not in known and (v in variable.options or v in unknown)]
    wrong = [v for v, code in known.items() if v != code]
    inside = {v: label for v, label in unknown.items() if v in variable.options or v in used}
    if not loose or not (wrong or inside):
        return {v: known[v] for v in present if v in known}, ""
    return {}, _contradiction(labels, variable, unknown=bool(inside))


def _without_own_code(label: object, value: object) -> str:
    """Return a label without the code in front of it, when that is its own value: the label then decides."""
    parted = split_code(str(label))
    return parted[1] if parted and parted[0] == value else str(label)


def _contradiction(labels: Mapping, variable, *, unknown: bool) -> str:
    found = ", ".join(f"{shown(v)} {label!r}" for v, label in list(labels.items())[:SHOWN_LABELS])
    rest = ", …" if len(labels) > SHOWN_LABELS else ""
    book = ", ".join(f"{code} {label!r}" for code, label in variable.options_shown)
    expected = "that the codebook knows" if unknown else "that agree with the codebook for every code"
    return (
        f"expected value labels {expected}, {book}; found {found}{rest}; say in a mapping file, column "
        "recode, what they mean: same (codes as in the codebook), reverse, or pairs such as 1=5;2=4"
    )
