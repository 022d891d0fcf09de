"""The proxy's configuration in a real nginx, before an upstream that says what it was asked."""

import contextlib
import datetime as dt
import http.server
import json
import re
import shutil
import ssl
import subprocess
import threading

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deploy import sources
from tests.processes import free_port, wait_until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
HOST = "portal.example.cn"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None, reason="no nginx found"),
]


class Echo(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        names = ("Host", "X-Forwarded-For", "X-Forwarded-Proto")
        body = json.dumps([self.path, *(self.headers.get_all(name) for name in names)]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


def certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "tls_certificate").write_bytes(made.public_bytes(pem))
    (folder / "tls_key").write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))


def configuration(folder, upstream, plain, tls):
    """The template as the image fills it, with this test's addresses and without what Debian's nginx is too old for."""
    text = (sources.ROOT / "docs/deploy/nginx.conf.template").read_text(encoding="utf-8")
    text = text.replace("${PORTAL_HOST}", HOST).replace("/run/secrets/", f"{folder}/").replace("/dev/stdout", "off")
    text = text.replace("access_log off portal;", "access_log off;").replace("    http2 on;\n", "")
    text = text.replace("web:8000", f"127.0.0.1:{upstream}")
    text = text.replace("listen 8080", f"listen 127.0.0.1:{plain}").replace("listen 8443", f"listen 127.0.0.1:{tls}")
    text = re.sub(r"resolver .*;\n", "", text)
    paths = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if folder.owner() == "root" else ""
    head = f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{head}http {{\n{paths}{text}\n}}\n", encoding="utf-8")


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """Addresses of the proxy: plain and TLS."""
    folder = tmp_path_factory.mktemp("nginx")
    certificate(folder)
    plain, tls = free_port(), free_port()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as upstream, contextlib.ExitStack() as stack:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        stack.callback(upstream.shutdown)
        configuration(folder, upstream.server_address[1], plain, tls)
        nginx = stack.enter_context(subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]))
        stack.callback(nginx.terminate)
        wait_until(lambda: nginx.poll() is None and (folder / "nginx.pid").exists(), seconds=10)
        wait_until(lambda: get(f"http://127.0.0.1:{plain}/proxy-health").status_code == 200, seconds=10)
        yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}"


def get(url, host=HOST, **headers):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with httpx.Client(verify=context, trust_env=False) as client:
        return client.get(url, headers={"Host": host, **headers}, extensions={"sni_hostname": host})


def test_plain_http_leads_to_tls_under_the_own_name(proxy):
    answer = get(f"{proxy[0]}/patents/?q=1", host="evil.example")

    assert (answer.status_code, answer.headers["location"]) == (301, f"https://{HOST}/patents/?q=1")


def test_the_web_process_learns_scheme_and_caller_and_no_claims(proxy):
    answer = get(f"{proxy[1]}/a%20b?x=%2F", **{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"})

    assert answer.json() == ["/a%20b?x=%2F", [HOST], ["127.0.0.1"], ["https"]]


def test_metrics_do_not_exist_outside(proxy):
    assert get(f"{proxy[1]}/metrics").status_code == 404


def test_another_name_is_not_answered(proxy):
    with pytest.raises(httpx.ConnectError):
        get(f"{proxy[1]}/", host="evil.example")
