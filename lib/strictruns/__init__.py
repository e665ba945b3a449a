"""Run notebooks strictly: refused before they start when input does not fit, and nothing half-written after.

Importing the package is cheap: papermill, nbconvert and nbformat are imported when a run begins.
"""

import sys

from strictruns.jobs import Ended, Job, run_job
from strictruns.pages import LANGUAGES, STYLE, read_words, unbroken, write_html
from strictruns.paper import find_browser, write_pdf, write_pdfs
from strictruns.parameters import Parameter, parse_parameters, read_parameters
from strictruns.parts import card_rule, foot_rule, inline_svg
from strictruns.placing import RunFailed, run_plans
from strictruns.plans import Plan, check_plan
from strictruns.pool import Pool
from strictruns.project import Legend, Project
from strictruns.results import without_paths
from strictruns.running import reproduce, run_notebook, why, why_plan
from strictruns.sweep_files import Sweep, read_sweep
from strictruns.sweeps import plan_sweep, run_sweep

# JupyterLab brings rfc3987_syntax; where that is found, jsonschema builds a URI grammar when first imported:
# 1.1 s per process, for a check no notebook needs.
sys.modules.setdefault("rfc3987_syntax", None)

__all__ = [
    "LANGUAGES",
    "STYLE",
    "Ended",
    "Job",
    "Legend",
    "Parameter",
    "Plan",
    "Pool",
    "Project",
    "RunFailed",
    "Sweep",
    "card_rule",
    "check_plan",
    "find_browser",
    "foot_rule",
    "inline_svg",
    "parse_parameters",
    "plan_sweep",
    "read_parameters",
    "read_sweep",
    "read_words",
    "reproduce",
    "run_job",
    "run_notebook",
    "run_plans",
    "run_sweep",
    "unbroken",
    "why",
    "why_plan",
    "without_paths",
    "write_html",
    "write_pdf",
    "write_pdfs",
]
