"""What is shipped to run the site is whole, and of this version: `make deploy-check` runs this on its own."""

import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta

import pytest
import yaml
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from tests import shipped
from tests.shipped import DEPLOY, ROOT
from tests.test_papers import variables_read

pytestmark = pytest.mark.once
FOR_COMPOSE = {"POSTGRES_PASSWORD"}


def text_of(*names):
    return DEPLOY.joinpath(*names).read_text(encoding="utf-8")


def of_example(**changes):
    return {name: value for name, value, is_set in shipped.variables() if is_set} | changes


def test_the_example_names_every_variable_once():
    names = [name for name, _value, _is_set in shipped.variables()]
    read = list(variables_read((ROOT / "samenbuurten" / "settings.py").read_text(encoding="utf-8")))
    assert sorted(set(names) - FOR_COMPOSE) == sorted(read)
    assert len(names) == len(set(names))


def settings_with(environment, code):
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=bare | environment, capture_output=True, text=True)


def test_what_the_example_leaves_out_has_the_value_it_says():
    """Of what is a number or a flag: the same settings with all of them set."""
    plain = {name: value for name, value, is_set in shipped.variables() if not is_set and "…" not in value}
    plain.pop("VAR_DIR")
    look = (
        "import django; django.setup(); import samenbuurten.settings as s; print({n: v for n, v in vars(s).items() if n.isupper() and "
        "isinstance(v, (int, str, dict, list)) and n not in ('CACHES',)})"
    )
    without, with_all = (
        settings_with(of_example(DJANGO_SETTINGS_MODULE="samenbuurten.settings", **more), look)
        for more in ({}, plain)
    )
    assert len(plain) > 20
    assert (without.returncode, without.stderr) == (0, "")
    assert without.stdout == with_all.stdout


def test_a_site_with_the_example_lacks_nothing():
    expires = (date.today() + timedelta(300)).isoformat()
    environment = of_example(SECURITY_TXT_EXPIRES=expires, DJANGO_SETTINGS_MODULE="samenbuurten.settings")
    code = "from django.core.management import execute_from_command_line as run; run(['', 'check', '--deploy', '--fail-level', 'WARNING'])"
    done = settings_with(environment, code)
    assert (done.returncode, done.stderr) == (0, "")


def test_nginx_takes_the_shipped_files(tmp_path):
    if not shutil.which("nginx"):
        pytest.skip("nginx is missing: the shipped file was not read. apt-get install nginx-light")
    conf = shipped.nginx(tmp_path, static=ROOT / "var", servers=["127.0.0.1:1", "127.0.0.1:2"])
    done = subprocess.run(["nginx", "-t", "-q", "-c", conf, "-p", tmp_path], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_takes_the_shipped_units(tmp_path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is missing: the shipped units were not read. apt-get install systemd")
    for unit in (DEPLOY / "systemd").iterdir():
        text = (
            unit.read_text(encoding="utf-8")
            .replace("User=buurten", "User=root")
            .replace("Group=buurten", "Group=root")
        )
        for ours, theirs in (("/srv/buurten", str(ROOT)), ("/var/backups/buurten", str(tmp_path))):
            text = text.replace(ours, theirs)
        (tmp_path / unit.name.replace("@", "@8000")).write_text(text, encoding="utf-8")
    units = sorted(map(str, tmp_path.iterdir()))
    assert len(units) == 4
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    ours = [line for line in done.stderr.splitlines() if "buurten" in line]
    assert ours == []


def test_the_command_of_an_operator_is_run_as_the_units_are():
    script, unit = DEPLOY / "buurten", text_of("systemd", "buurten-work.service")
    text = script.read_text(encoding="utf-8").replace("\\\n", " ")
    assert os.access(script, os.X_OK)
    for setting in ("User=", "Group=", "WorkingDirectory=", "EnvironmentFile="):
        (value,) = re.findall(f"^{setting}(.*)$", unit, re.M)
        option = {"User=": "--uid=", "Group=": "--gid=", "WorkingDirectory=": "--working-directory="}.get(
            setting
        )
        assert f" {option or '--property=' + setting}{value} " in text
    assert re.findall(r"^ExecStart=(\S+ manage\.py) ", unit, re.M)[0] in text
    if shutil.which("systemd-run"):
        options = subprocess.run(["systemd-run", "--help"], capture_output=True, text=True).stdout
        assert [
            option
            for option in re.findall(r" (--[a-z-]+)", text.partition("exec ")[2])
            if option not in options
        ] == []


def test_nginx_may_read_every_file_of_the_front_end(tmp_path):
    """As another user, also what it does not send compressed, such as a font."""
    static = dict(settings.STORAGES["staticfiles"]["OPTIONS"], location=tmp_path)
    name = FileSystemStorage(**static).save("letter.woff2", ContentFile(b"x"))
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o644


def compose():
    return yaml.safe_load(text_of("compose.yaml"))


def test_compose_names_what_is_there():
    services, volumes = compose()["services"], compose()["volumes"]
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", text_of("Containerfile"), re.M))
    for name, service in services.items():
        assert set(service.get("depends_on") or ()) <= set(services), name
        if "build" in service:
            assert service["build"]["target"] in stages
            assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in volumes or source.startswith("./"), (name, volume)
        read = {*variables_read((ROOT / "samenbuurten" / "settings.py").read_text(encoding="utf-8"))}
        if service.get("env_file"):
            assert set(service["environment"]) <= read
    servers = set(re.findall(r"server (\w+):8000", text_of("nginx", "upstream-compose.conf")))
    assert servers == {name for name in services if name.startswith("web")}
    # The client of the database is of its version: pg_dump refuses a newer server.
    (version,) = re.findall(r"postgresql-client-(\d+)", text_of("Containerfile"))
    assert services["db"]["image"].endswith(f":{version}")


def test_the_container_file_copies_what_is_there_and_runs_as_nobody():
    lines = re.sub(r"\\\n", " ", text_of("Containerfile")).splitlines()
    words = {line.split()[0] for line in lines if line and not line.startswith("#")}
    assert words <= {"FROM", "RUN", "COPY", "WORKDIR", "USER", "ENV", "EXPOSE", "CMD"}
    for line in lines:
        if line.startswith("COPY ") and "--from" not in line and line != "COPY . .":
            assert (ROOT / line.split()[1]).exists(), line
        if line.startswith("FROM "):
            assert re.fullmatch(r"FROM docker\.io/library/[\w.-]+:[\w.-]+ AS \w+", line)
    web = text_of("Containerfile").partition("AS web")[2].partition("FROM")[0]
    assert "\nUSER buurten\n" in web


def test_upstreams_differ_in_names_alone():
    bare, in_containers = (
        re.findall(r"server \S+ (.*;)", text_of("nginx", name))
        for name in ("upstream.conf", "upstream-compose.conf")
    )
    assert bare == in_containers
