import pytest

from survey.design import questionnaires
from survey.design.questions import questions_of
from tests.survey import making

pytestmark = pytest.mark.django_db


def test_a_locked_questionnaire_is_read_once_and_an_open_one_each_time(django_assert_num_queries):
    made = making.questionnaire(["R1"])
    with django_assert_num_queries(8):
        questions_of(made)
        questions_of(made)
    questionnaires.lock(made)
    with django_assert_num_queries(3):
        questions_of(made)
        questions_of(made)
