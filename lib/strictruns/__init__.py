"""Run notebooks strictly: refused before they start when input does not fit, and nothing half-written after.

Importing the package is cheap: papermill, nbconvert and nbformat are imported when a run begins.
"""

import sys

from strictruns.pages import LANGUAGES, STYLE, read_words, unbroken, write_html
from strictruns.paper import find_browser, write_pdf, write_pdfs
from strictruns.parameters import Parameter, parse_parameters, read_parameters
from strictruns.parts import card_rule, inline_svg
from strictruns.project import Legend, Project
from strictruns.results import without_paths
from strictruns.running import RunFailed, batch, reproduce, run_notebook

# JupyterLab brings rfc3987_syntax; where that is found, jsonschema builds a URI grammar when first imported:
# 1.1 s per process, for a check no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)

__all__ = [
    "LANGUAGES",
    "STYLE",
    "Legend",
    "Parameter",
    "Project",
    "RunFailed",
    "batch",
    "card_rule",
    "find_browser",
    "inline_svg",
    "parse_parameters",
    "read_parameters",
    "read_words",
    "reproduce",
    "run_notebook",
    "unbroken",
    "without_paths",
    "write_html",
    "write_pdf",
    "write_pdfs",
]
