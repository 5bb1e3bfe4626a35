"""``python -m samenbuurten.serving --bind 127.0.0.1:8000``"""

import argparse
import os

from samenbuurten.serving.server import serve


def main():
    parser = argparse.ArgumentParser(prog="samenbuurten.serving", description="Serve the site.")
    parser.add_argument("--bind", default="127.0.0.1:8000", help="address and port, such as [::]:8000")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=4, help="for each process")
    parser.add_argument("--work", action="store_true", help="also do what `manage.py work` does")
    options = parser.parse_args()
    host, _colon, port = options.bind.rpartition(":")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samenbuurten.settings")
    serve(
        host.strip("[]") or "127.0.0.1",
        int(port),
        processes=options.processes,
        threads=options.threads,
        with_work=options.work,
    )


main()
