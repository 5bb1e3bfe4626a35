"""A store that speaks S3, on this machine and empty: rclone, which checks the signature of each request."""

import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ACCESS_KEY, SECRET_KEY, BUCKET = "sleutel", "geheim-van-de-emmer", "buurten"


@contextmanager
def running(home):
    """The options of samenbuurten.object_storage.S3Storage for a bucket in the folder ``home``."""
    (home / BUCKET).mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    rclone = Path(sys.executable).with_name("rclone")
    program = str(rclone) if rclone.exists() else shutil.which("rclone")
    options = ["--addr", address, "--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", "--config", "/dev/null"]
    server = subprocess.Popen(
        [program, "serve", "s3", str(home), *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(server, address)
        yield {
            "bucket": BUCKET,
            "endpoint": f"http://{address}",
            "region": "us-east-1",
            "prefix": "",
            "access_key": ACCESS_KEY,
            "secret_key": SECRET_KEY,
        }
    finally:
        server.kill()
        server.wait()


def _wait_for(server, address):
    host, _colon, port = address.partition(":")
    ready_by = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < ready_by:
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("The object store did not start.")
