"""Thin shared library of the loopbaanchecks research compendium.

Modules stand on floors and import downward only; see CONTRIBUTING.md for the plan.
"""

from importlib.metadata import version

__version__ = version("loopbaanchecks")
