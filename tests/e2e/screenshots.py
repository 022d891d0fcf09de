"""Every page of a running demonstration at 1440 and 390 px, to build/screenshots: `make screenshots`.

Starts a portal of its own with the small demonstration data; SCREENSHOTS_URL takes one that already runs.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from portal.demo.accounts import DEMO_PASSWORD
from tests.e2e import browser as browsers
from tests.processes import ROOT, free_port, wait_until

FOLDER = ROOT / "build" / "screenshots"
START_SECONDS = 180
# By account: name, address, where it is the page of a row the selector of the link to follow from there, and what
# follows the link's address where it is a page below that.
PAGES = {
    "": {
        "home": "/",
        "search": "/patents/?q=齿轮箱",
        "patent": "/patents/ main h2 a, main h3 a",
        "login": "/accounts/login/",
        "register": "/accounts/register/",
        "events": "/events/",
        "events-month": "/events/month/",
        "events-target": "/events/targets/t07/",
        "event": "/events/ main h2 a, main h3 a, main tbody a, main li a",
        "statistics": "/stats/pledge/",
        "site-map": "/site-map/",
        "report-fault": "/report-fault/",
        "design": "/design/",
        "not-found": "/nowhere/",
        "api-docs": "/api/v1/docs/",
    },
    "sme": {
        "home": "/",
        "demands": "/demands/",
        "demand": "/demands/ main tbody a",
        "demand-new": "/demands/new/",
        "demand-analysis": "/demands/ main tbody a @analysis/",
        "watches": "/demands/watches/",
        "projects": "/finance/projects/",
        "project": "/finance/projects/ main tbody a",
        "project-new": "/finance/projects/new/",
        "subsidies": "/subsidies/",
        "subsidy": "/subsidies/ main tbody a",
        "notices": "/notices/",
        "organisation": "/accounts/organisation/",
        "profile": "/accounts/profile/",
        "password": "/accounts/password/",
    },
    "university": {
        "patents": "/patents/mine/",
        "upload": "/patents/uploads/",
        "matched": "/demands/matched/",
        "feedback": "/demands/feedback/",
        "difficulties": "/demands/difficulties/",
        "watches": "/demands/watches/",
    },
    "jinan": {
        "admin": "/admin/",
        "organisations": "/admin/accounts/organisation/",
        "organisation": "/admin/accounts/organisation/ #result_list tbody th a",
        "demands": "/admin/demand/demand/",
        "demand": "/admin/demand/demand/ #result_list tbody th a",
        "projects": "/admin/finance/project/",
        "project": "/admin/finance/project/ #result_list tbody th a",
        "patents": "/admin/patents/patent/",
        "adviser-requests": "/admin/demand/adviserrequest/",
        "need-upload": "/demands/upload/",
        "quality": "/demands/quality/",
        "need-rules": "/demands/rules/",
    },
    "province": {
        "admin": "/admin/",
        "deliveries": "/admin/outbox/delivery/",
        "users": "/admin/accounts/user/",
        "imports": "/admin/sheets/sheetimport/",
    },
    "finance": {"admin": "/admin/", "calculations": "/admin/subsidies/calculation/"},
}


@contextlib.contextmanager
def demonstration():
    """A portal with demonstration data; stopped at the end."""
    if url := os.environ.get("SCREENSHOTS_URL"):
        yield url.rstrip("/")
        return
    port = free_port()
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "PORT": str(port), "PORTAL_HOME": home}
        running = subprocess.Popen([sys.executable, "-m", "portal.embedded.run"], cwd=ROOT, env=environment)
        url = f"http://127.0.0.1:{port}"
        try:
            # The web answers before; without the demonstration there is nothing to see, nor anybody to sign in.
            wait_until((Path(home) / "demo.loaded").exists, START_SECONDS)
            wait_until(lambda: httpx.get(f"{url}/health/ready", trust_env=False).is_success)
            yield url
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait(30)


def shoot(tab, account, name, address):
    """One page at both widths; False when the page it is reached from has no row."""
    path, _, link = address.partition(" ")
    link, _, below = link.partition(" @")
    tab.open(path, browsers.WIDE)
    if link:
        first = tab.page.locator(link)
        if first.count() == 0:
            return False
        tab.open(f"{first.first.get_attribute('href')}{below}")
    for size in (browsers.WIDE, browsers.PHONE):
        tab.open(tab.page.url, size)
        tab.page.wait_for_load_state("networkidle")  # The interface's document draws itself.
        file = FOLDER / f"{account or 'public'}-{name}-{size['width']}.png"
        tab.page.screenshot(path=file, full_page=True)
    return True


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as url, browsers.browser() as running:
        for account, pages in PAGES.items():
            tab = browsers.Tab(running, url)
            if account:
                tab.sign_in(account, DEMO_PASSWORD)
            for name, address in pages.items():
                done = shoot(tab, account, name, address)
                sys.stdout.write(f"{'' if done else 'no row for '}{account or 'public'}: {name}\n")
            tab.close()
    sys.stdout.write(f"{FOLDER}\n")


if __name__ == "__main__":
    if browsers.executable() is None:
        sys.exit("no Chromium found")
    sys.exit(main())
