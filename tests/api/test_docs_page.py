import shutil

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_the_page_shows_the_operations_offline_under_the_content_policy(live_server):
    from playwright.sync_api import sync_playwright  # slow import

    asked, complaints = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto(f"{live_server.url}/api/v1/docs/")
        page.wait_for_selector("#operations-项目-answerProject", timeout=20_000)
        browser.close()

    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
    assert complaints == []
