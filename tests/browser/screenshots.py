"""Pictures of every page, phone and desktop, in var/screenshots/: `make screenshots`."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.test.runner import DiscoverRunner

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samenbuurten.settings")


def main():
    django.setup()
    from tests.browser.pages import PUBLIC_PAGES, WIDTHS, fill  # noqa: PLC0415 (models: after the set-up)
    from tests.browser.serving import chromium, serving  # noqa: PLC0415

    folder = Path(settings.VAR_DIR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        fill()
        with serving() as address, chromium() as browser:
            for width in WIDTHS:
                page = browser.new_page(viewport={"width": width, "height": 860}, locale="nl-NL")
                for name, url in PUBLIC_PAGES.items():
                    page.goto(address + url, wait_until="networkidle")
                    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
    print(f"{len(PUBLIC_PAGES) * len(WIDTHS)} pictures in {folder}")


if __name__ == "__main__":
    main()
