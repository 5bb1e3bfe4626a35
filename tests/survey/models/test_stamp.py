"""The version of the content counts what the survey makes public, and not what people answer."""

import pytest

from registry.models import ContentStamp
from survey.models import Erratum, Round
from tests.survey import making

pytestmark = pytest.mark.django_db


def test_stamp_moves_with_what_the_survey_makes_public():
    seen = [ContentStamp.current()]
    round = making.round()
    seen.append(ContentStamp.current())
    Round.objects.update(kiosk_pin="geheim", keep_answers_days=3)
    assert ContentStamp.current() == seen[-1]
    Round.objects.update(name="Anders")
    seen.append(ContentStamp.current())
    publication = making.publish(round)
    seen.append(ContentStamp.current())
    Erratum.objects.create(publication=publication, noted_on="2026-01-01", text="Fout")
    seen.append(ContentStamp.current())
    Erratum.objects.all().delete()
    seen.append(ContentStamp.current())
    assert seen == sorted(set(seen))


def test_stamp_stays_when_people_answer():
    round = making.round()
    before = ContentStamp.current()
    making.response(round, "R1")
    assert ContentStamp.current() == before
