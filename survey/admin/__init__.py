"""The admin of the survey, one family of nouns a file. Django loads this package; it loads the rest."""

from survey.admin import log, publication, questionnaire, round

__all__ = ["log", "publication", "questionnaire", "round"]
