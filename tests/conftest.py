import gc
import os
import socket
import subprocess
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.utils.safestring import SafeString
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from simple_history.manager import HistoryManager
from whitenoise.base import WhiteNoise

from registry.foundation import ratelimit
from tests import databases
from tests.mail import Outbox

# A busy machine is no fault of the code.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "house")

# Folders and modules that take more than seven seconds: a browser, servers, years in one story, a walk over all pages,
# letters or files. `make check` leaves them to `make test`, where they go first.
LONG = tuple(
    """
    browser faults machines serving stories api/test_conditional api/test_rules registry/admin/base/test_rows
    registry/admin/base/test_transfer registry/admin/test_deciding_letters registry/admin/test_edits
    registry/admin/test_letter registry/admin/test_lookups registry/admin/test_partner
    registry/admin/test_reach registry/admin/test_whose_case registry/api/test_following
    registry/api/test_hsds registry/community/test_introductions
    registry/foundation/spreadsheets/test_other_programs registry/foundation/spreadsheets/test_round_trip
    registry/foundation/test_ratelimit registry/importing/test_round_trip registry/management/test_backups registry/importing/test_runs
    registry/mail/test_budget registry/mail/test_delivery registry/mail/test_delivery_table
    registry/mail/test_every_letter registry/mail/test_line registry/mail/test_true
    registry/mail/wording/test_texts registry/management/test_jobs registry/moderation/test_versions
    registry/one_field_more/test_one_field_more registry/partners/test_change_feed
    registry/personal_data/test_retention registry/test_any_bytes registry/test_between_two_steps
    registry/search/test_following registry/test_filters registry/test_guessing registry/test_leaks registry/test_leaving
    registry/test_load_deck registry/test_lock_first registry/test_public_marks registry/test_worklist
    registry/views/test_initiatives registry/views/test_owner registry/views/test_pages
    registry/views/test_register survey/admin/test_coding survey/admin/test_questionnaire
    survey/admin/test_round survey/admin/test_stale survey/admin/test_who survey/resources/test_records
    survey/results/audit/test_auditor survey/results/test_compose survey/results/test_reconstruction
    survey/results/test_tally survey/rounds/test_conditions survey/rounds/test_life
    survey/rounds/test_publications survey/sample/test_deck survey/test_any_bytes survey/test_blind
    survey/test_killed survey/test_no_dead_end survey/test_retention survey/test_statistics
    survey/views/test_respond survey/views/test_results test_benchmarks test_machine_numbers
    test_middleware test_odd_requests test_papers test_who_may
""".split()
)
TESTS = Path(__file__).parent
EXPECTED_VENDOR = os.environ.get("EXPECTED_VENDOR", "sqlite")


def pytest_configure():
    # Each worker empties the queue of its own database: it need not wait for the others.
    settings.POST_OFFICE["LOCK_FILE_NAME"] = str(Path(tempfile.gettempdir(), f"post-{os.getpid()}"))


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item):
    if str(item.path.relative_to(TESTS).with_suffix("")).startswith(LONG):
        item.add_marker(pytest.mark.long)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Tests marked ``once`` prove something that knows no database: they are left out on PostgreSQL; those marked
    ``postgresql`` on SQLite."""
    elsewhere = "postgresql" if EXPECTED_VENDOR == "sqlite" else "once"
    left_out = [item for item in items if item.get_closest_marker(elsewhere)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker(elsewhere)]
    # A worker takes a whole module: those that last longest go first, so that none is left alone at the end.
    tests_in = Counter(item.path for item in items)

    def place(item):
        return item.get_closest_marker("long") is None, -tests_in[item.path], item.path

    items.sort(key=place)


def pytest_collection_finish():
    # All modules are loaded now and stay: the collector need not look through them each time.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _fresh_caches():
    caches["figures"].clear()


@pytest.fixture
def nobody_else(db, tmp_path_factory):
    """A database that no thread of an earlier test has open: of SQLite a file of its own."""
    if connection.vendor != "sqlite":
        yield
        return
    shared = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(
        databases.copy_of_sqlite(tmp_path_factory.mktemp("own") / "own.sqlite3")
    )
    yield
    connection.close()
    connection.settings_dict["NAME"] = shared


@pytest.fixture(autouse=True)
def _counted_at_once(request, _django_db_marker):
    """A test without a commit sees each change counted when it is made: there is no commit to wait for."""
    if "db" in request.fixturenames:
        request.getfixturevalue("db")
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS registry_settled IMMEDIATE")


@pytest.fixture(autouse=True, scope="session")
def _settings_of_all_tests(tmp_path_factory):
    """A test logs in often, and a slow hash proves nothing here."""
    with override_settings(
        LIMITS_AT=str(tmp_path_factory.mktemp("limits") / "limits.sqlite3"),
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield Path(settings.LIMITS_AT).parent


@pytest.fixture(autouse=True, scope="session")
def _files_are_looked_at_once():
    """Each client of Django starts the site anew, and each start looks at every file of the front end: 40 ms."""
    look, files_in = WhiteNoise.update_files_dictionary, {}

    def look_once(server, root, prefix):
        if (root, prefix) not in files_in:
            look(server, root, prefix)
            files_in[root, prefix] = dict(server.files)
        server.files.update(files_in[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", look_once)
        yield


@pytest.fixture(autouse=True, scope="session")
def _managers_of_history_are_made_once():
    """Of the package, each look at the history of anything makes a class anew, and each save has such a look."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HistoryManager, "from_queryset", cache(HistoryManager.from_queryset))
        yield


@pytest.fixture(autouse=True)
def _nothing_counted_yet(_settings_of_all_tests):
    """How often this machine did something is no matter between tests."""
    ratelimit.forget()
    yield
    ratelimit.forget()
    for file in _settings_of_all_tests.iterdir():
        file.unlink()


@pytest.fixture
def serve(settings):
    """Start a mail server with the handler given; the site delivers to it. ``options`` are those of the server."""
    controllers = []

    def start(handler, server_class=SMTP, **options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
        controller.factory = lambda: server_class(handler, **controller.SMTP_kwargs)
        controller.start()
        controllers.append(controller)
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.MAIL_TRANSPORT = "samenbuurten.mail.SmtpBackend"
        settings.MAIL_TO_EVERYONE = True
        return handler

    yield start
    for controller in controllers:
        controller.stop()


@pytest.fixture(scope="session")
def front_end():
    """The files that pages name; on a clean clone they are made for the first test that shows a page."""
    if not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        subprocess.run(["make", "--no-print-directory", "setup"], cwd=databases.ROOT, check=True)


@pytest.fixture(scope="session")
def django_db_setup(front_end, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A copy of the migrated database for this worker. Every test begins with what migrations put there
    (groups, letters): one that commits has it put back."""
    with django_db_blocker.unblock():
        copy = databases.open_for_tests(connection)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: copy.reset())
        yield copy
    with django_db_blocker.unblock():
        copy.close()


@pytest.fixture(autouse=True, scope="session")
def _the_database_that_was_asked_for():
    assert connection.vendor == EXPECTED_VENDOR


def pytest_terminal_summary(terminalreporter, config):
    """A skipped test is said aloud; in CI it counts as a failure (see pytest_sessionfinish)."""
    skipped = terminalreporter.stats.get("skipped", [])
    if skipped:
        terminalreporter.section("NOT TESTED", red=True, bold=True)
        for report in skipped:
            terminalreporter.write_line(f"{report.nodeid}: {report.longrepr[2]}")


def pytest_sessionfinish(session, exitstatus):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") == "true" and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture
def blank_pages(monkeypatch):
    """For walks that ask who gets in, or what goes along with an answer: no page has words, which take most of the
    time."""
    monkeypatch.setattr("django.template.base.Template.render", lambda *_: SafeString())


@pytest.fixture
def mailoutbox():
    """What the site wrote: every letter goes through the queue."""
    return Outbox()
