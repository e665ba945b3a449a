"""Coded interviews of any program as four tables, and how far their coders agree."""

from codedtexts.agreement import agreement_table, bootstrap_interval, disagreements, pairwise_kappa
from codedtexts.choosing import people
from codedtexts.closedform import closed_form_interval
from codedtexts.closeness import closeness_weights
from codedtexts.codebook import code_tree
from codedtexts.coefficients import (
    brennan_prediger,
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from codedtexts.model import Interviews
from codedtexts.reading import read_interviews
from codedtexts.refi_writing import write_refi
from codedtexts.summaries import co_occurrence, code_counts, document_list, people_of, roll_up, saturation
from codedtexts.units import character_ratings, ratings_by_code, run_lengths, span_ratings

__all__ = [
    "Interviews",
    "agreement_table",
    "bootstrap_interval",
    "brennan_prediger",
    "character_ratings",
    "closed_form_interval",
    "closeness_weights",
    "co_occurrence",
    "code_counts",
    "code_tree",
    "cohen_kappa",
    "disagreements",
    "document_list",
    "fleiss_kappa",
    "gwet_ac1",
    "krippendorff_alpha",
    "pairwise_kappa",
    "people",
    "people_of",
    "percent_agreement",
    "ratings_by_code",
    "read_interviews",
    "roll_up",
    "run_lengths",
    "saturation",
    "span_ratings",
    "write_refi",
]
