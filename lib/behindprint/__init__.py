"""All data that can be behind printed numbers: listed, counted, bounded, drawn; and what would not fit.

- A number in print: `Reported`, `Interval`, `ROUNDING_RULES`, `check_rounding`, `check_ddof`.
- A printed row: `PrintedRow`, and what may stand beside it: `MeanTest`, `MeanInterval`, `Quantiles`.
- The data behind it: `frequency_tables`, `count_frequency_tables`, `table_count`.
- The extremes over all of them: `bounds`, `share_bounds`, `median_bounds`; for a whole table `bound_rows`.
- Whether there are any: `verdict`, `power`; for a whole table `check_rows`, `parse_options`.
- What would fit: `repairs`, `possible_sizes`; for a whole table `fit_rows`, `fit_items`.
- Percentages: `counts_behind_percentages`, `sizes_behind_percentages`.
- Two groups from means alone: `Subgroups`, `group_means`, `subgroup_difference_bounds`.
- Several groups and everyone: `PrintedGroup`, `pooled_bounds`, `check_overall`.
- A test statistic and its p value: `PrintedTest`, `readings_of_test`, `is_true_under_a_reading`.
- What a study could have shown: `detectable_difference`, `effect_with_power`.
- Data drawn by chance: `largest_frequency_tables`, `shuffled_answers`, `PrintedScale`, `draw_totals`,
  `draw_total_tables`, `draw_items`.
"""

from behindprint.checking import check_rows, parse_options
from behindprint.constraints import MeanInterval, MeanTest, Quantiles
from behindprint.counting import count_frequency_tables, table_count
from behindprint.datasets import (
    PrintedScale,
    draw_items,
    draw_total_tables,
    draw_totals,
    largest_frequency_tables,
    shuffled_answers,
)
from behindprint.effects import detectable_difference, effect_with_power
from behindprint.extremes import bound_rows, bounds, median_bounds, share_bounds
from behindprint.fitting import fit_items, fit_rows, possible_sizes, repairs
from behindprint.groups import Subgroups, group_means, subgroup_difference_bounds
from behindprint.percentages import counts_behind_percentages, sizes_behind_percentages
from behindprint.pooling import PrintedGroup, check_overall, pooled_bounds
from behindprint.reported import ROUNDING_RULES, Interval, Reported, Rounding, check_ddof, check_rounding
from behindprint.rows import PrintedRow, frequency_tables
from behindprint.significance import PrintedTest, is_true_under_a_reading, readings_of_test
from behindprint.verdicts import power, verdict

__all__ = [
    "ROUNDING_RULES",
    "Interval",
    "MeanInterval",
    "MeanTest",
    "PrintedGroup",
    "PrintedRow",
    "PrintedScale",
    "PrintedTest",
    "Quantiles",
    "Reported",
    "Rounding",
    "Subgroups",
    "bound_rows",
    "bounds",
    "check_ddof",
    "check_overall",
    "check_rounding",
    "check_rows",
    "count_frequency_tables",
    "counts_behind_percentages",
    "detectable_difference",
    "draw_items",
    "draw_total_tables",
    "draw_totals",
    "effect_with_power",
    "fit_items",
    "fit_rows",
    "frequency_tables",
    "group_means",
    "is_true_under_a_reading",
    "largest_frequency_tables",
    "median_bounds",
    "parse_options",
    "pooled_bounds",
    "possible_sizes",
    "power",
    "readings_of_test",
    "repairs",
    "share_bounds",
    "shuffled_answers",
    "sizes_behind_percentages",
    "subgroup_difference_bounds",
    "table_count",
    "verdict",
]
