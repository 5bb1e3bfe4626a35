import gc
import os
import socket
import tempfile

import pytest
from aiosmtpd.controller import Controller
from django.conf import settings
from django.core.cache import caches
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from registry.foundation import ratelimit
from tests.mail import Outbox

# A busy machine is no fault of the code.
hypothesis_settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("ci" if os.environ.get("CI") == "true" else "house")

EXPECTED_VENDOR = os.environ.get("EXPECTED_VENDOR", "sqlite")


def pytest_configure():
    # Each worker empties the queue of its own database: it need not wait for the others.
    settings.POST_OFFICE["LOCK_FILE_NAME"] = os.path.join(tempfile.gettempdir(), f"post-{os.getpid()}")


def pytest_collection_modifyitems(config, items):
    """What migrations put there (groups, letters) is back for each test that commits, in whatever order they run.

    Tests marked ``once`` prove something that knows no database: they run on SQLite and are left out on another.
    """
    if EXPECTED_VENDOR != "sqlite":
        once = [item for item in items if item.get_closest_marker("once")]
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in set(once)]
    for item in items:
        marker = item.get_closest_marker("django_db")
        commits = marker is not None and marker.kwargs.get("transaction")
        if commits or {"transactional_db", "live_server"} & set(item.fixturenames):
            item.fixturenames.insert(0, "django_db_serialized_rollback")


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
    ratelimit.forget()
    yield
    ratelimit.forget()


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
def django_db_keepdb(request):
    """The PostgreSQL of a run is thrown away whole: nothing in it needs to be taken down, while a server that a test
    killed may still be connected."""
    return EXPECTED_VENDOR == "postgresql" or request.config.getvalue("reuse_db")


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
