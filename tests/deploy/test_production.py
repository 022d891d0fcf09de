"""The production settings on real servers: those of the system's packages, and the embedded ones.

No migration may need an extension other than pgvector, or a server newer than PostgreSQL 15, without docs/deploy.md
saying so.
"""

import contextlib
import os
import re
import subprocess
import sys

import httpx
import pytest

from portal.embedded import throwaway
from tests.deploy import servers
from tests.deploy.sources import ROOT
from tests.processes import Process, free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("production")]

HOST = "portal.example.cn"
CREATE_OFFICIAL = """
from portal.accounts.enums import Role
from portal.accounts.models import User
User.objects.create_user(username="official", password="Official-Pass-2026", role=Role.PROVINCE, is_staff=True)
"""


@contextlib.contextmanager
def embedded():
    with throwaway() as found:
        yield {"DATABASE_URL": found.database_url, "REDIS_URL": found.redis_url}


KINDS = {"embedded": embedded, "system": servers.system_servers}
MISSING = not servers.has_vectors() or servers.redis_program() is None


@pytest.fixture(
    scope="module",
    params=[
        "embedded",
        pytest.param(
            "system", marks=pytest.mark.skipif(MISSING, reason="no PostgreSQL with pgvector, or no Redis, found")
        ),
    ],
)
def production(request, tmp_path_factory):
    """The environment of a production instance whose database is migrated and whose static files are collected."""
    folder = tmp_path_factory.mktemp("production")
    with KINDS[request.param]() as addresses:
        variables = {
            "PATH": os.environ["PATH"],
            "PORTAL_ENV": "production",
            "SECRET_KEY": "n8Qw3-Zr5tYu7Pl1Kj9Hg4Fd2Sa6Xc0Vb8Nm5Qe3Rt7Yu1Io9P",
            "ENCRYPTION_KEYS": "a key for tests",
            "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            "PORTAL_HOME": str(folder / "home"),
            "PROXY_COUNT": "1",
            **addresses,
        }
        for command in (["migrate", "--noinput"], ["collectstatic", "--noinput"], ["shell", "-c", CREATE_OFFICIAL]):
            manage(variables, *command)
        yield variables, folder


def manage(variables, *arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=variables, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def web(production):
    """Two gunicorn processes as docker-compose.yml runs them; a client in the proxy's place."""
    variables, folder = production
    counters = folder / "prometheus"
    counters.mkdir()
    port = free_port()
    process = Process(
        ["-m", "gunicorn", "portal.wsgi:application", f"--bind=127.0.0.1:{port}", "--threads=4",
         f"--control-socket={folder}/g.ctl"],
        folder / "web.log",
        {**variables, "WEB_CONCURRENCY": "2", "PROMETHEUS_MULTIPROC_DIR": str(counters)},
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    process.wait_for_start(lambda: httpx.get(f"{url}/health/live", trust_env=False).status_code == 200)
    yield lambda **headers: httpx.Client(base_url=url, trust_env=False, headers={"Host": HOST, **headers})
    process.kill()


@pytest.fixture
def outside(web):
    """Somebody outside, as the proxy hands them on."""
    with web(**{"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}) as client:
        yield client


def test_nothing_of_the_embedded_default_is_made(production):
    _, folder = production

    assert not (folder / "home").exists()


def test_migrations_are_complete(production):
    variables, _ = production

    assert manage(variables, "migrate", "--check") == ""


def test_the_front_page_is_served_over_tls_only(web, outside):
    with web() as plain:
        refused = plain.get("/")
    page = outside.get("/")

    assert (refused.status_code, refused.headers["location"]) == (301, f"https://{HOST}/")
    assert page.status_code == 200
    assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"


def test_static_files_have_hashed_names_and_are_kept_a_year(outside):
    page = outside.get("/").text
    (stylesheet,) = re.findall(r'href="(/static/ui/portal\.[0-9a-f]{12}\.css)"', page)

    answer = outside.get(stylesheet)

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "max-age=315360000, public, immutable")


def test_health_is_answered_inside_over_plain_http(web):
    with web(Host="127.0.0.1") as inside:
        live, ready = inside.get("/health/live"), inside.get("/health/ready")

    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"database": True, "cache": True})


def test_counters_are_summed_over_the_processes(web):
    def counted(client):
        text = client.get("/metrics").text
        return int(
            float(re.search(r"^django_http_requests_before_middlewares_total ([\d.e+]+)$", text, re.MULTILINE)[1])
        )

    with web(Host="127.0.0.1", Connection="close") as inside:
        first = counted(inside)
        for _ in range(20):
            inside.get("/health/live")
        second = counted(inside)

    assert second - first == 21


def test_another_host_name_is_refused(web):
    with web(Host="evil.example", **{"X-Forwarded-Proto": "https"}) as client:
        assert client.get("/").status_code == 400


def code_of(variables):
    """What the official's authenticator shows now."""
    read = (
        "from django_otp.plugins.otp_totp.models import TOTPDevice as D; from django_otp.oath import totp;"
        "print(f'{totp(D.objects.get().bin_key):06}')"
    )
    return manage(variables, "shell", "-v0", "-c", read).strip()


def test_an_official_must_prove_a_second_factor(production, web):
    variables, _ = production
    # Cookies marked secure come back over https only; here the proxy's place is taken by plain HTTP.
    with web(**{"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}) as client:
        jar = Jar(client)
        entered = jar.submit("/accounts/login/", username="official", password="Official-Pass-2026")
        before = jar.get("/admin/")
        jar.get("/accounts/second-factor/")
        proved = jar.submit("/accounts/second-factor/?next=/admin/", token=code_of(variables))
        after = jar.get("/admin/")

    assert entered.status_code == 302
    assert (before.status_code, before.headers["location"]) == (302, "/accounts/second-factor/?next=/admin/")
    assert (proved.status_code, proved.headers["location"]) == (302, "/admin/")
    assert after.status_code == 200
    assert jar.insecure == []


class Jar:
    """Sends every cookie over the plain connection that stands for the proxy's, and notes those not marked secure."""

    def __init__(self, client):
        self.client, self.cookies, self.insecure = client, {}, []

    def get(self, path):
        return self._keep(self.client.get(path, headers=self._headers(path)))

    def submit(self, path, **fields):
        self.get(path)
        fields["csrfmiddlewaretoken"] = self.cookies["csrftoken"]
        return self._keep(self.client.post(path, data=fields, headers=self._headers(path)))

    def _headers(self, path):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "Referer": f"https://{HOST}{path}"}

    def _keep(self, answer):
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
            if "; Secure" not in line:
                self.insecure.append(name)
        return answer


def test_a_worker_and_beat_do_the_work(production):
    variables, folder = production
    schedule = folder / "beat"
    worker = Process(
        ["-m", "celery", "--app=portal.celery:app", "worker", "--beat", "--loglevel=INFO", "--concurrency=1",
         f"--schedule={schedule}", "--pidfile="],
        folder / "worker.log",
        variables,
    )  # fmt: skip
    try:
        worker.wait_for_start(lambda: "ready." in worker.log.read_text())
        wait_until(lambda: re.search(r"portal\.outbox\.tasks\.deliver_due\[.*succeeded", worker.log.read_text()))
        assert list(folder.glob("beat*")), "the health check of beat looks for this file"
    finally:
        worker.kill()
