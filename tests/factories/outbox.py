"""A receiver that listens on loopback, and endpoints that point at it."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from portal.outbox import services
from tests.factories.accounts import OrganisationFactory, province_user


class Receiver:
    """Keeps what it was sent and answers with `statuses`, the last one for ever."""

    def __init__(self, tls=None):
        self.requests, self.statuses, self.headers = [], [204], {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
                self.send_response(status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"a body that nobody keeps")

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def endpoint(url="https://bank.example/hook", organisation=None):
    """An endpoint and its signing key."""
    return services.create_endpoint(
        organisation=organisation or OrganisationFactory(kind="bank"), url=url, by=province_user()
    )
