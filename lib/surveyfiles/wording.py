"""What words mean: headers that hold a question, labels that hold a code, phrases for no answer."""

import re

from expect import plain

UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f"
UNSEEN += "\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
HARD_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
INVISIBLE = re.compile(f"[{UNSEEN}{HARD_SPACES}]")
_SEEN = dict.fromkeys(map(ord, UNSEEN)) | dict.fromkeys(map(ord, HARD_SPACES), " ")
MARKUP = re.compile(r"<[/a-zA-Z][^<>]*>|&nbsp;")
NUMBERED = re.compile(r"(?:[a-z]{0,4}\d+(?:[._-]?\d+|[a-z])*|[a-z])\s?[.):]\s+")
SEPARATORS = re.compile(r"(?<=\s)[-–—|>/]\s|[:?]\s")
CHOICE = re.compile(r"\s[-–—]\s(?:selected choice|geselecteerde keuze|geselecteerde optie)\s*$")
OPENED = re.compile(r"\s[-–—]\s(?:text|tekst)\s*$|_te[kx]s?t$|\[(?:other|anders|comment)\]$")
SPECIFIED = re.compile(
    r"[\s,.:;(]*(?:namelijk|nl\.?|te weten|graag toelichten|(?:please )?specify|namely|which)[\s).:;…_]*$"
)
CODE_FIRST = re.compile(r"[(\[]?(-?\d+)[)\]]?(?:\s*[-–—=:.)|]\s*|\s+)(\S.*)")
CODE_LAST = re.compile(r"(.*\S)\s*(?:[(\[](-?\d+)[)\]]|\s[-–—=:]\s*(-?\d+))")
ABSENT = re.compile(
    r"(?:ik )?weet (?:ik |het )*niet(?: meer)?|geen (?:idee|antwoord|opgave|mening|waarde|gegevens)"
    r"|niet (?:ingevuld|beantwoord|van toepassing|bekend|gesteld|getoond|gevraagd|opgegeven)|n\.?v\.?t\.?"
    r"|onbekend|overgeslagen|(?:zeg ik |wil(?: ik)? )?liever niet(?: zeggen)?|wil(?: ik)? niet zeggen"
    r"|weigert|weigering|geweigerd|ontbreekt|(?:system |user )?missing(?: value)?|do(?:n'?t| not) know|dk"
    r"|no (?:answer|opinion|response)|not (?:answered|applicable|asked|displayed|shown|known|stated)"
    r"|n\.?/?a\.?"
    r"|refused|refusal|unknown|unanswered|skipped|(?:prefer|rather) not (?:to )?(?:say|answer)"
    r"|seen but (?:not answered|unanswered)"
)


def seen(text: str) -> str:
    r"""Return text without characters that nobody sees; a hard space becomes a space.

    Examples
    --------
    >>> seen("altijd\u200b"), seen("bijna\u00a0altijd")
    ('altijd', 'bijna altijd')
    """
    return text.translate(_SEEN) if INVISIBLE.search(text) else text


def bare(text: object) -> str:
    """Return text for comparison, without markup and without signs at its ends.

    Examples
    --------
    >>> bare("<b>Soort  organisatie?</b>")
    'soort organisatie'
    """
    return plain(MARKUP.sub(" ", seen(str(text)))).replace("’", "'").strip(" ?:.!*…;,-–—|>/")


def name_form(name: str) -> str:
    """Return a name as every program writes it: `part[intake]`, `Part.Intake` and `part-intake` alike.

    Examples
    --------
    >>> name_form("part[intake]"), name_form("Part.Intake")
    ('part_intake', 'part_intake')
    """
    return re.sub(r"[\W_]+", "_", plain(seen(name))).strip("_")


def question_forms(name: str, question: str) -> tuple[list[str], list[str]]:
    """Return what a header may mean as a whole, and the parts that may be the item of a grid.

    Examples
    --------
    >>> question_forms("Q5_1", "How often? - intake")
    (['q5_1', 'how often? - intake'], ['intake'])
    >>> question_forms("x", "3. intake [item]")[0][1:]
    ['3. intake [item]', 'intake [item]']
    """
    text, code = bare(question), re.match(r"(\w+)\. ", name)
    text = bare(CHOICE.sub("", text))
    whole = [bare(name), *([bare(code[1])] if code else []), text, bare(NUMBERED.sub("", text, count=1))]
    if OPENED.search(bare(question)) or OPENED.search(plain(name)):
        return list(dict.fromkeys(whole)), []
    brackets = [re.search(r"\[([^\[\]]+)\]$", text), re.match(r"\[([^\[\]]+)\]", text)]
    parts = [found[1] for found in brackets if found]
    parts += [text[found.end() :] for found in SEPARATORS.finditer(text)]
    numbered = [NUMBERED.sub("", part, count=1) for part in parts]
    return list(dict.fromkeys(whole)), list(dict.fromkeys(bare(part) for part in [*parts, *numbered]))


def label_tail(label: str) -> str:
    """Return the part of a codebook label behind its colon, bare; "" without one."""
    return bare(label.partition(": ")[2])


def says_nothing(label: str) -> bool:
    """Return whether a label says that there is no answer, such as "99 = weet niet / n.v.t.".

    Examples
    --------
    >>> says_nothing("Weet niet / n.v.t."), says_nothing("weet ik zeker")
    (True, False)
    """
    text = bare(label)
    text = bare((CODE_FIRST.fullmatch(text) or ["", "", text])[2])
    text = bare((CODE_LAST.fullmatch(text) or ["", text])[1])
    parts = [bare(part) for part in re.split(r"\s*[/,;(]\s*|\s(?:of|or)\s", text.rstrip(")"))]
    whole = ABSENT.fullmatch(text.rstrip(")"))
    return bool(text) and bool(whole or all(ABSENT.fullmatch(part) for part in parts if part))


def split_code(text: str) -> tuple[int, str] | None:
    """Return the code and the label of a text that holds both, or None.

    Examples
    --------
    >>> split_code("5 - altijd"), split_code("5 = altijd"), split_code("altijd (5)"), split_code("altijd")
    ((5, 'altijd'), (5, 'altijd'), (5, 'altijd'), None)
    """
    text = plain(text)
    if not re.search(r"[^\W\d]", text):
        return None
    if first := CODE_FIRST.fullmatch(text):
        return int(first[1]), first[2]
    last = CODE_LAST.fullmatch(text)
    return (int(last[2] or last[3]), last[1]) if last else None


def option_words(label: str) -> list[str]:
    """Return the ways in which a label may stand in a codebook: as it is, and without ", namelijk:"."""
    forms = [plain(label), bare(label), bare(SPECIFIED.sub("", bare(label)))]
    return list(dict.fromkeys(filter(None, forms)))
