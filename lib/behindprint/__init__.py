"""All data that can be behind printed numbers: listed, counted, bounded, drawn; and what would not fit.

- A number in print: `Reported`, `Interval`, `ROUNDING_RULES`, `check_rounding`, `check_ddof`.
- The data behind a mean and SD: `frequency_tables`, `count_frequency_tables`, `PrintedRow`.
- The extremes over all of them: `bounds`, `median_bounds`; for a whole table `bound_rows`.
- Whether there are any: `verdict`, `power`; for a whole table `check_rows`.
- What would fit: `repairs`, `possible_sizes`; for a whole table `fit_rows`.
- Percentages: `counts_behind_percentages`, `sizes_behind_percentages`.
- Two groups: `Subgroups`, `group_means`, `subgroup_difference_bounds`.
- What a study could have shown: `detectable_difference`, `effect_with_power`.
- Data drawn by chance: `largest_frequency_tables`, `shuffled_answers`, `PrintedScale`, `draw_totals`,
  `draw_items`.
"""

from behindprint.counting import count_frequency_tables
from behindprint.datasets import (
    PrintedScale,
    draw_items,
    draw_totals,
    largest_frequency_tables,
    shuffled_answers,
)
from behindprint.effects import detectable_difference, effect_with_power
from behindprint.extremes import bound_rows, bounds, median_bounds
from behindprint.fitting import fit_rows, possible_sizes, repairs
from behindprint.groups import Subgroups, group_means, subgroup_difference_bounds
from behindprint.percentages import counts_behind_percentages, sizes_behind_percentages
from behindprint.reported import ROUNDING_RULES, Interval, Reported, Rounding, check_ddof, check_rounding
from behindprint.rows import PrintedRow, frequency_tables
from behindprint.verdicts import check_rows, power, verdict

__all__ = [
    "ROUNDING_RULES",
    "Interval",
    "PrintedRow",
    "PrintedScale",
    "Reported",
    "Rounding",
    "Subgroups",
    "bound_rows",
    "bounds",
    "check_ddof",
    "check_rounding",
    "check_rows",
    "count_frequency_tables",
    "counts_behind_percentages",
    "detectable_difference",
    "draw_items",
    "draw_totals",
    "effect_with_power",
    "fit_rows",
    "frequency_tables",
    "group_means",
    "largest_frequency_tables",
    "median_bounds",
    "possible_sizes",
    "power",
    "repairs",
    "shuffled_answers",
    "sizes_behind_percentages",
    "subgroup_difference_bounds",
    "verdict",
]
