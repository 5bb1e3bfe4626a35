"""A limit is what it says: in any window whatsoever, over processes, places and both stores."""

import base64
import hashlib
import pickle
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from registry.foundation import ratelimit, ratelimit_store
from tests import factories

pytestmark = pytest.mark.once

HAS_REDIS = shutil.which("redis-server")


class Clock:
    def __init__(self, monkeypatch):
        self.now = 1_800_000_000.0
        monkeypatch.setattr(ratelimit.time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture(scope="session")
def redis_address(tmp_path_factory):
    if not HAS_REDIS:
        pytest.skip("redis-server is missing: no limit was counted in a Redis. apt-get install redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = str(tmp_path_factory.mktemp("redis"))
    command = ["redis-server", "--port", str(port), "--save", "", "--dir", home, "--bind", "127.0.0.1"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    for _try in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    running.terminate()
    running.wait()


@pytest.fixture(params=["file", "redis"])
def store(request, settings):
    if request.param == "redis":
        settings.LIMITS_AT = request.getfixturevalue("redis_address")
        ratelimit_store.store(settings.LIMITS_AT).client.flushall()
    ratelimit.forget()
    return request.param


def asked(place="10.0.0.1", action="iets", most=2, seconds=3600, **more):
    request = RequestFactory().get("/", REMOTE_ADDR=place)
    return ratelimit.allow(request, action, most=most, seconds=seconds, **more)


def test_an_hour_is_an_hour_from_the_first_to_the_last(clock, store):
    assert [asked() for _time in range(3)] == [True, True, False]
    # Six minutes, fifty-nine, and over the clock's own hour: still the same hour of this place.
    for later in (360, 3000, 180, 59.9):
        clock.now += later
        assert not asked()
    clock.now += 0.2
    assert [asked() for _time in range(3)] == [True, True, False]


@pytest.mark.parametrize("start", [0, 3599, 3599.9999, 1800])
def test_the_hour_of_the_clock_makes_no_difference(clock, store, start):
    clock.now = 1_800_000_000 // 3600 * 3600 + start
    assert [asked() for _time in range(3)] == [True, True, False]
    clock.now += 3599
    assert not asked()
    clock.now += 2
    assert asked()


@pytest.mark.parametrize("jump", [400 * 24 * 3600, -400 * 24 * 3600])
def test_a_clock_that_was_wrong_shuts_nobody_out(clock, store, jump):
    assert [asked() for _time in range(3)] == [True, True, False]
    clock.now += jump
    assert [asked() for _time in range(3)] == [True, True, False]


def test_a_salt_whose_time_is_up_while_it_is_made_is_one_all_the_same(store, settings):
    """Redis throws it away after a millisecond, from the file another process sweeps it."""
    make, sweep = (ratelimit_store.store(settings.LIMITS_AT) for _process in range(2))
    made = []
    maker = threading.Thread(
        target=lambda: made.extend(make.salt(f"salt:{number}", until=0) for number in range(500))
    )
    maker.start()
    while maker.is_alive():
        sweep.sweep(1)
        time.sleep(0.0005)
    assert [len(salt) for salt in made] == [16] * 500
    assert len(set(made)) == 500


def test_what_is_refused_does_not_make_the_wait_longer(clock):
    asked(most=1)
    for _minute in range(59):
        clock.now += 60
        assert not asked(most=1)
    clock.now += 61
    assert asked(most=1)


@pytest.mark.parametrize("most", [1, 7, 40, 300, 6000])
def test_alone_a_process_gives_exactly_the_limit(clock, most):
    assert sum(asked(most=most, seconds=60) for _time in range(most + 5)) == most
    clock.now += 59
    assert not asked(most=most, seconds=60)
    clock.now += 1.001
    assert sum(asked(most=most, seconds=60) for _time in range(most + 5)) == most


@pytest.mark.parametrize("seed", range(6))
def test_never_more_in_any_window_however_many_processes(clock, seed, store):
    """Random walks of some processes, one of which is started anew now and then."""
    chance = random.Random(seed)
    most, seconds = chance.choice([(5, 3600), (60, 60), (300, 60), (1000, 86400)])
    processes = [ratelimit._Process() for _number in range(chance.choice([1, 2, 4]))]
    passed = []
    for _step in range(1500):
        clock.now += chance.choice([0, 0, 0, 0.001, 0.2, seconds / 40, seconds / 9])
        place = chance.randrange(len(processes))
        if chance.random() < 0.005:
            processes[place] = ratelimit._Process()
        cost = chance.choice([1, 1, 1, most // 3])
        answer = processes[place].take("iets", "x", most, seconds, cost)
        assert answer.left <= most
        if answer.allowed:
            passed.append((clock.now, cost))
    assert passed
    first, total = 0, 0
    for moment, cost in passed:
        total += cost
        while passed[first][0] <= moment - seconds:
            total -= passed[first][1]
            first += 1
        assert total <= most


def test_what_is_said_to_be_left_passes(clock):
    one = ratelimit._Process()
    left = one.take("iets", "y", 300, 60, 1).left
    assert left == 299
    assert all(one.take("iets", "y", 300, 60, 1).allowed for _time in range(left))
    refused = one.take("iets", "y", 300, 60, 1)
    assert (refused.allowed, 0 < refused.wait <= 60) == (False, True)
    clock.now += refused.wait + 0.001
    assert one.take("iets", "y", 300, 60, 1).allowed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("10.0.0.1", "10.0.0.2", False),
        ("", "", True),
    ],
)
def test_a_place_is_an_address_or_a_64(one, other, same):
    assert asked(one, most=1)
    assert asked(other, most=1) != same


def test_acts_and_places_count_for_themselves():
    assert [asked(most=1), asked(most=1), asked(most=1, action="anders"), asked("10.9.9.9", most=1)] == [
        True, False, True, True,
    ]  # fmt: skip


SCRIPT = """
import sys, os
import django; django.setup()
from django.conf import settings
from registry.foundation import ratelimit
settings.LIMITS_AT = sys.argv[1]
print(sum(ratelimit.take("iets", "x", most=int(sys.argv[2]), seconds=3600).allowed for _ in range(200)))
"""


@pytest.mark.parametrize("most", [10, 300])
def test_real_processes_at_once_give_no_more_than_the_limit(store, settings, most):
    command = [sys.executable, "-c", SCRIPT, settings.LIMITS_AT, str(most)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _number in range(3)]
    given = [int(one.communicate()[0]) for one in started]
    assert most * 0.8 <= sum(given) <= most


def test_threads_at_once_give_exactly_the_limit(store):
    given = []
    threads = [
        threading.Thread(target=lambda: given.extend(asked(most=25) for _time in range(10)))
        for _number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given.count(True) == 25


def test_what_is_kept_says_nothing_and_is_swept_though_nobody_comes(clock, settings):
    asked("10.77.66.55", seconds=60)
    written = Path(settings.LIMITS_AT).read_bytes() + Path(f"{settings.LIMITS_AT}-wal").read_bytes()
    assert b"10.77" not in written
    kept = ratelimit._this_process()
    salts = [salt.hex().encode() for salt, _until in kept.salts.values()]
    assert len(salts) == 2
    clock.now += 180
    ratelimit.sweep()
    written = Path(settings.LIMITS_AT).read_bytes() + Path(f"{settings.LIMITS_AT}-wal").read_bytes()
    assert [salt for salt in salts if salt in written] == []
    rows = kept.store.connection.execute("SELECT count(*) FROM counts").fetchone()
    assert (rows, kept.salts, kept.leases) == ((0,), {}, {})


def test_each_window_has_a_salt_of_its_own(clock, settings):
    names = set()
    for _window in range(3):
        asked(seconds=60)
        store = ratelimit._this_process().store
        names |= {
            row[0] for row in store.connection.execute("SELECT name FROM counts WHERE name NOT LIKE 'salt%'")
        }
        clock.now += 60
    assert len(names) == 3


@pytest.mark.parametrize("where", ["redis://127.0.0.1:1/0", "/proc/kan/niet.sqlite3"])
def test_a_count_that_is_away_lets_pass_and_says_so_once(settings, caplog, where):
    settings.LIMITS_AT = where
    assert all(asked(most=1) for _time in range(5))
    assert len(caplog.records) == 1
    ratelimit.sweep()


def test_the_file_is_for_who_runs_the_site_alone(settings):
    asked()
    assert Path(settings.LIMITS_AT).stat().st_mode & 0o777 == 0o600


def test_a_hot_limit_does_not_write_for_each_request(monkeypatch):
    writes = []
    real = ratelimit_store._File.change
    monkeypatch.setattr(
        ratelimit_store._File, "change", lambda *args, **kw: writes.append(1) or real(*args, **kw)
    )
    assert all(asked(most=300, seconds=60) for _time in range(300))
    assert len(writes) <= ratelimit.SHARES


@pytest.mark.parametrize("most", [3, 40, 300, 1000])
def test_what_is_told_to_be_left_is_surely_left_and_nearly_all_of_it(store, most):
    """Over three processes, whichever answers."""
    processes, chance = [ratelimit._Process() for _number in range(3)], random.Random(most)
    told, passed, share = [], 0, max(1, most // ratelimit.SHARES)
    for _number in range(most + 5):
        answer = chance.choice(processes).take("x", "10.5.5.5", most, 3600, 1, True)
        passed += answer.allowed
        assert answer.left <= most - passed
        if answer.allowed:
            assert answer.left >= most - passed - 3 * share
        told.append(answer.left)
    assert told[0] == most - 1


@pytest.mark.django_db
def test_the_daily_work_sweeps_the_cache_of_the_database():
    cache = caches["default"]
    cache.set("oud", 1, timeout=-5)
    cache.set("nieuw", 1, timeout=60)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone() == (2,)
        call_command("sweep_limits")
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone() == (1,)
    assert cache.get("nieuw") == 1


def _kept_in_the_cache():
    """All that the table of the cache holds, keys and values."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM cache")
        return {key: pickle.loads(base64.b64decode(value)) for key, value in cursor.fetchall()}  # noqa: S301


def _tokens_of(*whole):
    """Each thing that could tell who it was, in the clear and as a hash of it without a salt."""
    clear = {
        *whole,
        *(f":1:{one}" for one in whole),
        *(f"allauth:rl:account:login:ip:{one}" for one in whole),
    }
    hashes = {
        hashlib.new(name, one.encode()).hexdigest()
        for one in clear
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s")
    }
    return clear | hashes | {one[:32] for one in hashes}


@pytest.mark.django_db
def test_what_guards_logging_in_keeps_nothing_that_tells_who_it_was(client):
    places = [f"10.88.7.{number}" for number in range(4)] + ["2001:db8:7:7::1"]
    for place in places:
        given = {"login": "a@voorbeeld.nl", "password": "fout"}
        client.post("/account/login/", given, REMOTE_ADDR=place)
        client.post("/account/login/code/", {"email": "a@voorbeeld.nl"}, REMOTE_ADDR=place)
    kept = _kept_in_the_cache()
    assert len(kept) > len(places)
    written = repr(kept)
    tokens = _tokens_of(*places, "2001:db8:7:7::", "a@voorbeeld.nl", "voorbeeld")
    assert [one for one in tokens if one in written] == []


@pytest.mark.django_db
def test_a_year_of_days_leaves_nothing_of_logging_in(client, monkeypatch):
    given = {"login": "a@voorbeeld.nl", "password": "fout"}
    client.post("/account/login/", given, REMOTE_ADDR="10.88.7.1")
    assert _kept_in_the_cache()
    later = timezone.now() + timedelta(days=365)
    monkeypatch.setattr("registry.management.commands.sweep_limits.timezone.now", lambda: later)
    call_command("sweep_limits")
    assert _kept_in_the_cache() == {}


@pytest.mark.django_db
def test_the_same_key_is_kept_elsewhere_each_hour_and_found_in_the_next(clock):
    cache, names = caches["default"], set()
    clock.now += 3600 - clock.now % 3600 - 1
    for step in (0, 2, 3600):
        clock.now += step
        assert cache.get("wie") == (1 if names else None)
        cache.set("wie", 1, timeout=300)
        names |= set(_kept_in_the_cache())
    assert len(names) == 3
    clock.now += 7200
    assert cache.get("wie") is None


@pytest.mark.django_db
def test_logging_in_works_while_the_shared_cache_is_away(client, settings):
    settings.CACHES = settings.CACHES | {
        "default": {"BACKEND": "samenbuurten.cache.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    settings.LIMITS_AT = "redis://127.0.0.1:1/0"
    factories.person("a@voorbeeld.nl")
    given = {"login": "a@voorbeeld.nl", "password": "een-lang-wachtwoord"}
    assert client.post("/account/login/", given).status_code == 302
    assert client.post("/account/login/code/", {"email": "a@voorbeeld.nl"}).status_code == 302
    assert client.get("/api/v1/initiatieven").status_code == 200


@pytest.mark.django_db
def test_the_limit_of_logging_in_takes_a_mapped_address_for_what_it_is(client):
    given = {"login": "a@voorbeeld.nl", "password": "fout"}
    for number in range(12):
        given["login"] = f"a{number}@voorbeeld.nl"
        client.post("/account/login/", given, REMOTE_ADDR="::ffff:10.0.0.1")
    others = client.post(
        "/account/login/", given | {"login": "b@voorbeeld.nl"}, REMOTE_ADDR="::ffff:10.0.0.2"
    )
    same = client.post("/account/login/", given | {"login": "c@voorbeeld.nl"}, REMOTE_ADDR="10.0.0.1")
    assert "horen niet bij elkaar" in others.text
    assert "te vaak misgegaan" in same.text
