"""The files under deploy/ as they are shipped, with the places of this machine filled in."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"


def nginx(home, *, static, servers, port=8443, plain_port=8080):
    """The configuration of an nginx in the folder ``home``, from the shipped files: with its own ports and certificate,
    and these servers (host:port) behind it."""
    certificate(home)
    for name in ("buurten.conf", "upstream.conf", "buurten-proxy.conf"):
        text = (DEPLOY / "nginx" / name).read_text(encoding="utf-8")
        if name == "upstream.conf":
            (line,) = {match[1] for match in re.finditer(r"server \S+( .*;)", text)}
            text = re.sub(r"( +server .*;\n)+", "".join(f"server {at}{line}\n" for at in servers), text)
        for ours, theirs in (
            ("listen 80;", f"listen 127.0.0.1:{plain_port};"),
            ("listen 443 ", f"listen 127.0.0.1:{port} "),
            ("listen [::]:80;", ""),
            ("listen [::]:443 ssl http2;", ""),
            ("/etc/ssl/buurten", str(home)),
            ("/var/log/nginx", str(home)),
            ("/etc/nginx/buurten-proxy.conf", f"{home}/buurten-proxy.conf"),
            ("/srv/buurten/var", str(static)),
        ):
            text = text.replace(ours, theirs)
        (home / name).write_text(text, encoding="utf-8")
    (home / "nginx.conf").write_text(
        f"pid {home}/pid;\ndaemon off;\nuser root;\nworker_processes 1;\nevents {{ worker_connections 512; }}\nhttp {{\n"
        + "".join(
            f"{kind}_temp_path {home}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        + "include /etc/nginx/mime.types;\naccess_log off;\n"
        + f"include {home}/upstream.conf;\ninclude {home}/buurten.conf;\n}}\n",
        encoding="utf-8",
    )
    return home / "nginx.conf"


def certificate(home):
    """Of this machine alone, beside its key."""
    options = "-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=samenbuurten.example".split()
    files = ["-keyout", str(home / "privkey.pem"), "-out", str(home / "fullchain.pem")]
    subprocess.run(["openssl", "req", *options, *files], check=True, capture_output=True)


def variables():
    """(name, value, whether it is set) of each variable in the example."""
    text = (DEPLOY / ".env.example").read_text(encoding="utf-8")
    return [(name, value, not off) for off, name, value in re.findall(r"^(#?)([A-Z0-9_]+)=(.*)$", text, re.M)]
