from datetime import timedelta

import pytest
from django.utils import timezone

from registry.mail import verification
from registry.models import Proof

pytestmark = pytest.mark.django_db
REGISTER, CLAIM = Proof.Purpose.REGISTER, Proof.Purpose.CLAIM


def test_a_link_is_found_for_its_own_purpose_only_and_looking_does_not_spend_it():
    proof, token, _code = verification.issue(REGISTER, "Iemand@Voorbeeld.nl ")
    assert verification.find(token, REGISTER) == verification.find(token, REGISTER) == proof
    assert verification.find(token, CLAIM) is None
    assert verification.find("verzonnen", REGISTER) is None
    assert proof.email == "iemand@voorbeeld.nl"


def test_a_proof_works_once():
    proof, token, code = verification.issue(REGISTER, "iemand@voorbeeld.nl")
    assert verification.use(proof) is True
    assert verification.use(proof) is False
    assert verification.use_code(proof, code) is False
    assert verification.find(token, REGISTER) is None


def test_a_proof_runs_out():
    proof, token, code = verification.issue(REGISTER, "iemand@voorbeeld.nl")
    Proof.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert verification.find(token, REGISTER) is None
    assert verification.use_code(proof, code) is False


def test_a_code_may_be_typed_loosely_and_five_wrong_ones_close_it_but_not_the_link():
    proof, _token, code = verification.issue(REGISTER, "iemand@voorbeeld.nl")
    assert verification.use_code(proof, f" {code[:4].lower()}-{code[4:]} ") is True
    proof, token, code = verification.issue(REGISTER, "iemand@voorbeeld.nl")
    assert [verification.use_code(proof, "AAAA AAAA") for _try in range(5)] == [False] * 5
    assert verification.use_code(proof, code) is False
    assert verification.find(token, REGISTER) == proof


def test_the_table_holds_neither_token_nor_code():
    _proof, token, code = verification.issue(REGISTER, "iemand@voorbeeld.nl")
    kept = " ".join(map(str, Proof.objects.values_list().get()))
    assert token not in kept
    assert code not in kept


@pytest.mark.parametrize(
    ("purpose", "days"),
    [("aanmelden", 7), ("overnemen", 7), ("uitnodigen", 14), ("klopt-nog", 60), ("volgen", 7), ("kennismaken", 30), ("bericht", 7)],
)  # fmt: skip
def test_a_code_works_as_long_as_its_letter_may_say_and_no_longer(purpose, days):
    proof, _token, _code = verification.issue(purpose, "iemand@voorbeeld.nl")
    lasts = proof.expires_at - timezone.now()
    assert timedelta(days=days, minutes=-1) < lasts <= timedelta(days=days)


def test_every_purpose_has_its_days(settings):
    assert set(settings.PROOF_DAYS) == set(Proof.Purpose.values)
