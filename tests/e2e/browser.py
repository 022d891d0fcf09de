"""A real browser: opens pages, keeps every complaint of theirs, judges their accessibility."""

import contextlib
import shutil
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
# Only violations in full: half of the time went into writing out what holds.
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
WATCH_POLICY = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def executable():
    """The browser's path, or None where there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextlib.contextmanager
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS))
        yield running
        running.close()


class Tab:
    """One visitor's tab. `problems` has what no page of ours may do: errors, refused content, other hosts."""

    def __init__(self, running, base_url, viewport=WIDE, **options):
        self.context = running.new_context(
            base_url=base_url, viewport=viewport, locale="zh-CN", timezone_id="Asia/Shanghai", **options
        )
        self.page = self.context.new_page()
        self.problems = []
        self._host = urlsplit(base_url).netloc
        self.page.add_init_script(WATCH_POLICY)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url} error: {error}"))
        self.page.on("request", self._on_request)

    def _on_console(self, message):
        # A status of 4xx is the page's own business; the tests look at it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(f"{self.page.url} console: {message.text}")

    def _on_request(self, request):
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob", "about") and parts.netloc != self._host:
            self.problems.append(f"{self.page.url} asks {parts.netloc}")

    def sign_in(self, username, password):
        self.page.goto("/accounts/login/")
        self.page.get_by_label("用户名").fill(username)
        self.page.get_by_label("密码").fill(password)
        self.page.get_by_role("button", name="登录").click()

    def open(self, path, viewport=None):
        if viewport:
            self.page.set_viewport_size(viewport)
        return self.page.goto(path)

    def close(self):
        self.context.close()


def violations(page):
    """What axe finds against WCAG 2.1 A and AA: rule, place and hint, one line each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("(rules) => axe.run(rules)", RULES)["violations"]
    return [
        f"{page.url} {rule['id']}: {node['html'][:160]} - {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def overflow(page):
    """How many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def assert_accessible(tab, path):
    """The page has no violation and needs no sideways scrolling, on a desk and on a phone; returns its answer."""
    response, found = tab.open(path, WIDE), []
    for viewport in (WIDE, PHONE):
        tab.page.set_viewport_size(viewport)
        found += violations(tab.page)
        if (wider := overflow(tab.page)) > 0:
            found.append(f"{path} is {wider} px too wide at {viewport['width']}")
    assert found == [], "\n".join(found)
    return response
