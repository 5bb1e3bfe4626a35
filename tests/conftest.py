import os

import pytest
from django.core.cache import caches
from django.db import connection

EXPECTED_VENDOR = os.environ.get("EXPECTED_VENDOR", "sqlite")


@pytest.fixture(autouse=True)
def _fresh_caches():
    caches["figures"].clear()


@pytest.fixture(autouse=True)
def _fast_passwords(settings):
    """A test logs in often; a slow hash proves nothing here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
