"""surveyfiles."""
