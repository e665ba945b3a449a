"""The study: two reports on career checks as data, and what their printed numbers allow.

- At the root: `study` (the documents as typed frames), `answers` (a survey file), `sampling`, `scales`,
  `comparison`, `findings`, `disclosure`; `language` and `numerals` say numbers and sentences in two
  languages; `paths` and `project` say where things are, `commands` is the
  command line.
- `claims`: every statement that can be tested, and the check that decides it.
- `pilots`: the pilots of 2007 as a model, and a centre's own candidates.
- `twins`: answers, interviews and candidates that do not exist, to try things out on.
- `report`: tables, figures and sentences in two languages, and the overview of a run.

What another study could use as it is lives in packages beside this one: `expect`, `behindprint`,
`codedtexts`, `surveyfiles` and `strictruns`.  CONTRIBUTING.md has the picture.
"""

from importlib.metadata import version

__version__ = version("loopbaanchecks")
