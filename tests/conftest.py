import gc
import os
import socket
import tempfile

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from registry import limits
from tests import databases
from tests.mail import Outbox

# A busy machine is no fault of the code.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "house")

EXPECTED_VENDOR = os.environ.get("EXPECTED_VENDOR", "sqlite")


def pytest_configure():
    # Each worker empties the queue of its own database: it need not wait for the others.
    settings.POST_OFFICE["LOCK_FILE_NAME"] = os.path.join(tempfile.gettempdir(), f"post-{os.getpid()}")


def pytest_collection_modifyitems(config, items):
    """Tests marked ``once`` prove something that knows no database: they run on SQLite and are left out on another."""
    if EXPECTED_VENDOR != "sqlite":
        once = [item for item in items if item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in set(once)]


def pytest_collection_finish():
    # All modules are loaded now and stay: the collector need not look through them each time.
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _fresh_caches():
    caches["figures"].clear()


@pytest.fixture(autouse=True)
def _nothing_counted_yet(settings, tmp_path_factory):
    """How often this machine did something is no matter between tests."""
    settings.LIMITS_AT = str(tmp_path_factory.mktemp("limits") / "limits.sqlite3")
    limits.forget()
    yield
    limits.forget()


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    """A test logs in often; a slow hash proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def serve(settings):
    """Start a mail server with the handler given; the site delivers to it. ``options`` are those of the server."""
    controllers = []

    def start(handler, **options):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        controller = Controller(handler, hostname="127.0.0.1", port=port, **options)
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
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """A copy of the migrated database for this worker. Every test begins with what migrations put there (groups,
    letters): one that commits has it put back."""
    with django_db_blocker.unblock():
        copy = databases.open_for_tests(connection)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: copy.reset())
        yield
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
def mailoutbox():
    """What the site wrote: every letter goes through the queue."""
    return Outbox()
