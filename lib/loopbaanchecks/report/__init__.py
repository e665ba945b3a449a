"""Tables, figures and sentences in two languages, and the overview of a run."""
