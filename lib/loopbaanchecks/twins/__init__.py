"""Answers, interviews and candidates that do not exist, in agreement with what is published."""
