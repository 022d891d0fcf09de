"""The variables: all documented, secrets without a default in production, a clean deployment check."""

import json
import os
import re
import subprocess
import sys

import pytest

from tests.deploy import sources

PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "n8Qw3-Zr5tYu7Pl1Kj9Hg4Fd2Sa6Xc0Vb8Nm5Qe3Rt7Yu1Io9P",
    "ENCRYPTION_KEYS": "new key,old key",
    "ALLOWED_HOSTS": "portal.example.cn,web",
    "DATABASE_URL": "postgres://portal:secret@db.example.cn:5432/portal",
    "REDIS_URL": "redis://cache.example.cn:6379/0",
}
SHOW = """
import json
from portal import settings as s
database = s.DATABASES["default"]
print(json.dumps([s.SECRET_KEY, s.ENCRYPTION_KEYS, s.ALLOWED_HOSTS, database["HOST"], database["PASSWORD"], s.REDIS_URL]))
"""
SHOWN = [
    PRODUCTION["SECRET_KEY"],
    ["new key", "old key"],
    ["portal.example.cn", "web"],
    "db.example.cn",
    "secret",
    "redis://cache.example.cn:6379/0",
]


def python(*arguments, folder, **variables):
    """Run Python in the project with exactly these variables, PORTAL_HOME in `folder`."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=sources.ROOT,
        env={"PATH": os.environ["PATH"], "PORTAL_HOME": str(folder / "home"), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_variable_that_is_read_is_documented_and_none_besides():
    assert sources.documented().keys() == sources.read_variables() | sources.OTHERS


def test_the_documentation_says_which_variables_production_requires():
    marked = {name for name, (_, _, required) in sources.documented().items() if required == "yes"}

    assert marked == sources.required_variables() == PRODUCTION.keys() - {"PORTAL_ENV"}


def test_production_starts_with_what_is_required(tmp_path):
    done = python("-c", SHOW, folder=tmp_path, **PRODUCTION)

    assert (done.returncode, json.loads(done.stdout)) == (0, SHOWN), done.stderr
    assert not (tmp_path / "home").exists(), "production keeps no secret of its own making"


@pytest.mark.parametrize("name", sorted(PRODUCTION.keys() - {"PORTAL_ENV"}))
@pytest.mark.parametrize("given", [None, " "])
def test_production_without_a_required_variable_stops_by_name(tmp_path, name, given):
    variables = {key: value for key, value in PRODUCTION.items() if key != name}
    if given is not None:
        variables[name] = given

    done = python("-c", "import portal.settings", folder=tmp_path, **variables)

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"django.core.exceptions.ImproperlyConfigured: {name} must be set when PORTAL_ENV=production"
    )


def test_an_unknown_environment_is_refused_not_taken_for_a_local_one(tmp_path):
    done = python("-c", "import portal.settings", folder=tmp_path, **PRODUCTION | {"PORTAL_ENV": "prod"})

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("PORTAL_ENV must be local or production, not 'prod'")


def test_secrets_may_come_from_files(tmp_path):
    variables = {"PORTAL_ENV": "production"}
    for name in PRODUCTION.keys() - variables.keys():
        (tmp_path / name).write_text(f"{PRODUCTION[name]}\n", encoding="utf-8")
        variables[f"{name}_FILE"] = str(tmp_path / name)

    done = python("-c", SHOW, folder=tmp_path, **variables)

    assert (done.returncode, json.loads(done.stdout)) == (0, SHOWN), done.stderr


def test_the_deployment_check_has_nothing_to_say(tmp_path):
    done = python("manage.py", "check", "--deploy", "--fail-level=INFO", folder=tmp_path, **PRODUCTION)

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


FAIL = """
import django
django.setup()
import logging
secret = "a local value"
try:
    raise ValueError("boom")
except ValueError:
    logging.getLogger("portal.test").exception("disk_low")
"""


def test_logs_are_json_lines_with_the_documented_fields(tmp_path):
    done = python("-c", FAIL, folder=tmp_path, DJANGO_SETTINGS_MODULE="portal.settings", **PRODUCTION)

    record = json.loads(done.stderr)
    stamp, exception = record.pop("timestamp"), record.pop("exception")

    assert record == {"event": "disk_low", "logger": "portal.test", "level": "error"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}", stamp)
    assert (exception.splitlines()[0], exception.splitlines()[-1]) == (
        "Traceback (most recent call last):",
        "ValueError: boom",
    )


def test_a_local_instance_needs_no_variable(tmp_path):
    done = python("-c", "from portal import settings as s; print(s.PRODUCTION, s.ALLOWED_HOSTS)", folder=tmp_path)

    assert (done.returncode, done.stdout) == (0, "False ['*']\n"), done.stderr
