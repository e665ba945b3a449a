"""What a text for readers may not hold, in Dutch and in English: `complaints` names it."""

import ast
import json
import re
from pathlib import Path

WORDS = {  # words of ours where a common one exists, and forms that accuse or that nobody says
    "nl": (
        r"\b(?:af|na|voor)?gedrukte?n?\b|\bdrukt\b|\bdrukken\b|\bdrukwerk\b|\bin druk\b|trefkans|bewijskracht"
        r"|\btweeling|\bsamenspel\b|\bknop(?:pen)?\b|\bmerk\b|\bmerken\b(?! dat)|betrap|wat houdt stand"
        r"|\bwijk(?:t|en) af\b|\b0 van (?:de )?\d|\b[12] van de 2\b"
        r"|(?<!plaats )(?<! en )\b(\d+) van de \1\b|\d %"
    ),
    "en": (
        r"\b(?:un)?print(?:s|ed|ing)?\b(?! it| this)|\btwins?\b|(?<!tion )\bmarks?\b|\bcontradicted\b"
        r"|\b0 (?:of|out of) (?:the )?\d|\b[12] of (?:the )?2\b"
        r"|(?<!place )(?<! and )\b(\d+) of (?:the )?\1\b|\d per cent"
    ),
}
FAULTS = {
    "two spaces": r"\S {2,}\S",
    "a space before a stop": r" [,.;:!?](?=\s|$)",
    "two stops": r"(?<![.,;:])(?<!e\.a)(?<!et al)[.,;:] ?[.,;](?!\.)",
    "a space within brackets": r"\( | \)",
    "a name of the code": r"\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z]+\.[a-z]+\b|<=|>=|: None\b|\bnan\b|<NA>|[{}]",
}
WHOLE = {  # only where a text is meant to be sentences
    "no capital": r"^[a-z]|(?<!e\.a)(?<!et al)(?<!o\.a)[.!?] [a-zé]",
    "no stop": r"[^.!?\])’]$",
}
ONES = {  # a noun, one and more
    "nl": (
        "gesprek:gesprekken antwoord:antwoorden persoon:personen maand:maanden week:weken vraag:vragen "
        "bevinding:bevindingen citaat:citaten schaal:schalen rij:rijen bewering:beweringen centrum:centra "
        "kandidaat:kandidaten codeur:codeurs fragment:fragmenten onderwerp:onderwerpen groep:groepen "
        "respondent:respondenten werkgever:werkgevers werknemer:werknemers getal:getallen aantal:aantallen "
        "rapport:rapporten deelnemer:deelnemers meting:metingen verwijzing:verwijzingen code:codes"
    ),
    "en": (
        "conversation:conversations answer:answers person:persons month:months week:weeks question:questions "
        "finding:findings quotation:quotations scale:scales row:rows claim:claims centre:centres "
        "candidate:candidates coder:coders segment:segments topic:topics group:groups number:numbers "
        "respondent:respondents employer:employers employee:employees report:reports "
        "participant:participants measurement:measurements reference:references code:codes"
    ),
}
MANY = {
    "nl": "twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|geen van de",
    "en": "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|none of the",
}
BEFORE = r"(?<![\w.,–-])(?<!tabel )(?<!table )(?<!bijlage )(?<!appendix )(?<!mbo )(?<!fase )(?<!phase )"


def complaints(text: str, language: str, *, whole: bool = False) -> list[str]:
    """Return what is amiss with a text: the fault, and the words where it is.

    >>> complaints("Dat is er: 1 gevonden , in 3 gesprek.", "nl")
    ['a space before a stop: gevonden ,', 'not plural: 3 gesprek']
    >>> complaints("Gedrukt is 0 van de 2: zie table_ten", "nl", whole=True)
    ['word: Gedrukt', 'word: 0 van de 2', 'a name of the code: table_ten', 'no stop: table_ten']
    """
    found = [f"word: {match[0]}" for match in re.finditer(WORDS[language], text, re.IGNORECASE)]
    for fault, pattern in {**FAULTS, **(WHOLE if whole else {})}.items():
        found += [f"{fault}: {_around(text, match)}" for match in re.finditer(pattern, text)]
    ones, more = zip(*(pair.split(":") for pair in ONES[language].split()), strict=True)
    many = rf"{BEFORE}(?:{MANY[language]}|[2-9]|[1-9]\d+) (?:{'|'.join(ones)})\b(?!-)"
    one = rf"{BEFORE}(?:één|one|1) (?:{'|'.join(more)})\b"
    found += [f"not plural: {match[0]}" for match in re.finditer(many, text, re.IGNORECASE)]
    return found + [f"not singular: {match[0]}" for match in re.finditer(one, text, re.IGNORECASE)]


def _around(text: str, match: re.Match) -> str:
    """Return the words around a place."""
    begin, end = text.rfind(" ", 0, match.start()) + 1, text.find(" ", match.end())
    return text[begin : end if end >= 0 else len(text)]


def of_notebook(path: Path) -> list[tuple[str, str, str]]:
    """Return (where, language, text) of what a notebook says: prose, sentences, captions, headings."""
    found = []
    for cell in json.loads(path.read_text(encoding="utf8"))["cells"]:
        source, where = "".join(cell["source"]), f"{path.name}, cell {cell['id']}"
        if cell["cell_type"] == "markdown":
            parts = re.split(r"^---$", source, flags=re.M)
            found += [
                (where, language, bare(line))
                for language, part in zip(("nl", "en"), parts, strict=False)
                for line in part.splitlines()
            ]
        elif cell["cell_type"] == "code":
            found += [(where, *said) for said in of_code(source)]
    return found


def of_code(source: str) -> list[tuple[str, str]]:
    """Return (language, text) of the arguments whose name ends in a language."""
    return [
        (node.arg[-2:], bare(one.value))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.keyword) and (node.arg or "").split("_")[-1] in ("nl", "en")
        for one in ast.walk(node.value)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and " " in one.value
    ]


def of_template(path: Path) -> list[str]:
    """Return the texts that a template itself has between its tags."""
    source = path.read_text(encoding="utf8")
    source = re.sub(r"(?s)<style.*?</style>|<script.*?</script>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", source)
    return [
        text.strip()
        for text in re.split(r"<[^>]*>", source)
        if re.search(r"[A-Za-z]{3}.* |^[A-Za-z]+$", text)
    ]


def bare(text: str) -> str:
    """Return a text without its values, code, addresses and marks of emphasis."""
    text = re.sub(r"`[^`]*`|\]\([^)]*\)|\{[^{}|]*\}|<[^>]*>", "#", text)
    return re.sub(r"\{[^{}]*\}", "#", text).replace("**", "")
