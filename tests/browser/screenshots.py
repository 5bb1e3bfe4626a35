"""Pictures of every page, phone and desktop, in var/screenshots/: `make screenshots`."""

import os
from pathlib import Path

import django
from django.conf import settings
from django.test.runner import DiscoverRunner

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samenbuurten.settings")


def main():
    django.setup()
    from tests.browser import answering  # noqa: PLC0415
    from tests.browser.keeping import fill_kept, walk  # noqa: PLC0415
    from tests.browser.pages import WIDTHS, fill, visit  # noqa: PLC0415 (models: after the set-up)
    from tests.browser.serving import chromium, serving  # noqa: PLC0415

    folder = Path(settings.VAR_DIR) / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    try:
        fill()
        with serving() as site, chromium() as browser:
            pages = {
                width: browser.new_page(
                    base_url=site, viewport={"width": width, "height": 860}, locale="nl-NL"
                )
                for width in WIDTHS
            }

            def shoot(names, page, width):
                for name in names:
                    page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)

            for width, page in pages.items():
                shoot(visit(page, wait_until="networkidle"), page, width)
            round = answering.fill_round()
            for width, page in pages.items():
                shoot(answering.walk(page, round), page, width)
            kept = fill_kept()
            for width, page in pages.items():
                shoot(walk(page, site, kept), page, width)
    finally:
        runner.teardown_databases(databases)
        runner.teardown_test_environment()
    print(f"{len(list(folder.iterdir()))} pictures in {folder}")


if __name__ == "__main__":
    main()
