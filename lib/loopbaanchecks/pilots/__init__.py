"""The pilots of 2007 as a model, and a centre's own candidates: who is reached, who stays, what changes."""

from loopbaanchecks.pilots.candidates import read_candidates, write_candidates
from loopbaanchecks.pilots.cohort import (
    Candidates,
    attrition,
    change_over_waves,
    enrolment,
    segment_counts,
    steps_by_wave,
    wave_gaps,
)
from loopbaanchecks.pilots.flow import (
    expected,
    expected_totals,
    helped_persons,
    simulate,
)
from loopbaanchecks.pilots.measuring import Measurements, change_power, detectable_effect, simulated_power
from loopbaanchecks.pilots.parameters import (
    AMOUNTS,
    PROBABILITIES,
    STEPS,
    check_flow_parameters,
    draw_parameters,
)
from loopbaanchecks.pilots.segments import (
    CONDITIONS,
    SEGMENTS,
    check_decision_table,
    classify,
)
from loopbaanchecks.pilots.sensitivity import one_at_a_time, sobol_indices
from loopbaanchecks.pilots.targets import calibrate, required
