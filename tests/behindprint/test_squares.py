"""Which sums of squares answers can have: held against every set of answers."""

import itertools

import numpy as np
import pytest

from behindprint.squares import reaches, sums_that_fit


def reached(options, most):
    """For each n up to `most`, the sums and sums of squares of every n answers."""
    pairs = {(0, 0)}
    for n in range(1, most + 1):
        pairs = {(s + v, q + v * v) for s, q in pairs for v in options}
        yield n, pairs


@pytest.mark.parametrize(
    ("width", "most"), [(1, 9), (2, 12), (3, 12), (4, 11), (5, 10), (6, 9), (7, 9), (9, 6)]
)
def test_the_decision_without_a_table_equals_brute_force(width, most):
    for n, pairs in reached(range(width + 1), most):
        for s in range(n * width + 1):
            found = {q for q in range(width * s + 2) if reaches(width, n, s, width * s - q)}
            assert found == {q for t, q in pairs if t == s}, (n, s)


@pytest.mark.thorough
@pytest.mark.parametrize("width", [8, 10, 12, 15])
def test_it_does_so_on_wider_scales(width):
    for n, pairs in reached(range(width + 1), 12 if width < 15 else 9):
        for s in range(n * width + 1):
            found = {q for q in range(width * s + 2) if reaches(width, n, s, width * s - q)}
            assert found == {q for t, q in pairs if t == s}, (n, s)


@pytest.mark.parametrize("options", [(0, 1, 3), (0, 2, 3, 6), (0, 1, 2, 4, 8), (0, 3, 4, 7)])
def test_options_with_gaps_and_windows_of_any_width(options):
    for n, pairs in reached(options, 7):
        sums = np.arange(n * options[-1] + 1)
        for low, width in itertools.product(range(0, n * options[-1] ** 2, 5), (0, 1, 7)):
            windows = np.full(len(sums), low), np.full(len(sums), low + width)
            truth = [any(t == s and low <= q <= low + width for t, q in pairs) for s in sums]
            assert sums_that_fit(options, n, sums, windows).tolist() == truth


def test_thousand_answers_on_a_hundred_and_one_options_are_decided_at_once():
    assert reaches(100, 1000, 50_000, 1_000_000)
    assert not reaches(100, 1000, 50_000, 98)  # the least that one answer inside the scale adds is 99
