"""Every address of the portal, visited as every kind of visitor in one small world."""

import contextlib
import functools
import logging
import re
from dataclasses import dataclass

from django.conf import settings
from django.contrib.admin.views.main import ChangeList
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as Paginated
from django.db import transaction
from django.db.models import Model
from django.test import Client, override_settings
from django.urls import get_resolver

from portal.accounts.models import Organisation
from tests.world import World, newest

VISITORS = (
    "anonymous",
    "sme",
    "other_sme",
    "holder",
    "other_holder",
    "city",
    "other_city",
    "province",
    "finance",
    "bank",
    "machine",
)
# What a refusal and a miss look like: the same for every address.
WRITTEN_OUT = {"a refusal": "/admin/accounts/user/add/", "a miss": "/patents/200010000000X/"}
SIGN_IN = ("/accounts/login/", "/admin/login/")
MARKS = {200: ".", 400: "!", 401: "A", 403: "X", 404: "?", 415: "!", 422: "!"}
REFUSED = "LAX?"
ADMIN_ROW = re.compile(r"admin/(?P<app>\w+)/(?P<model>\w+)/<(path:object_id|int:pk)>")


def patterns(resolver=None, prefix=""):
    """Every address in the URLconf with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from patterns(entry, address)
        else:
            yield address, entry.callback


def name_of(address):
    """The address as the table writes it: in one word."""
    return "/" + re.sub(r"\(\?P<(\w+)>.*?\)\)?(?=/|\$|$)", r"<\1>", address).strip("^$").replace("^", "").replace(
        "$", ""
    )


def concrete(address, world):
    """The address with a row of the world in each place; None when no row of that kind exists."""
    if row := ADMIN_ROW.match(address):
        key = newest(row["app"], row["model"])
        address = re.sub("<(path:object_id|int:pk)>", str(key), address)
        return f"/{address}" if key else None
    firm = f"{ContentType.objects.get_for_model(Organisation).pk}/{world.users['sme'].organisation_id}"
    named = world.keys | {
        "demands/<str:ref>/edit": world.draft.ref,
        "demands/<str:ref>/close": world.draft.ref,
        "demands/<str:ref>": world.demand.ref,
        "finance/projects/<str:ref>/edit": world.draft_project.ref,
        "finance/projects/<str:ref>/close": world.draft_project.ref,
        "open-licences/accepted/<str:ref>": world.acceptance.ref,
        "open-licences/<str:ref>": world.acceptance.open_licence.ref,
        "evaluations/<str:ref>": world.evaluation.ref,
        "<str:ref>": world.project.ref,
        "<slug:ref>": world.project.ref,
        "<int:notice_id>": world.notice.pk,
        "<int:attachment_id>": world.attachment.pk,
        "<int:party_id>": world.party.pk,
        "patents/uploads/<int:pk>": world.upload.pk,
        "events/<int:pk>": world.event.pk,
        "<path:content_type_id>/<path:object_id>": firm,
    }
    address = re.sub(r"\^\(\?P<number>.*?\)\)?/", f"{world.patent.number}/", address)
    address = re.sub(r"\^\(\?P<app_label>.*?\)/", "accounts/", address)
    address = address.replace("(?P<url>.*)", "nowhere/").replace("$", "")
    # Where two places fit, the longer one says more.
    for place in sorted(named, key=len, reverse=True):
        if place in address:
            address = address.replace(place, _filled(place, named[place]))
    # No row of this kind yet: who may not come here is turned away all the same, others find nothing.
    return "/" + re.sub(r"<\w+:\w+>", "0", address)


def _filled(place, value):
    """The part of an address with its one key, or each of several by name, in place."""
    if isinstance(value, dict):
        return re.sub(r"<\w+:(\w+)>", lambda found: str(value[found[1]]), place)
    return re.sub("<.*>", str(value), place)


def mark(response):
    """One letter for what came back."""
    if 300 <= response.status_code < 400:
        return "L" if response.headers["Location"].startswith(SIGN_IN) else ">"
    return MARKS.get(response.status_code, str(response.status_code))


@contextlib.contextmanager
def brief_refusals():
    """Pages that refuse say one word, and the log none, where thousands are asked for."""
    (engine,) = settings.TEMPLATES
    brief = ("django.template.loaders.locmem.Loader", {"403.html": "403", "404.html": "404"})
    others = ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"]
    options = engine["OPTIONS"] | {"loaders": [("django.template.loaders.cached.Loader", [brief, *others])]}
    with override_settings(TEMPLATES=[engine | {"APP_DIRS": False, "OPTIONS": options}]):
        logging.disable(logging.WARNING)
        try:
            yield
        finally:
            logging.disable(logging.NOTSET)


@dataclass(frozen=True)
class Page:
    """What one address answered: `mark` as in the table; `html` is empty for anything that is no HTML."""

    url: str
    mark: str
    headers: dict[str, str]
    html: str
    # The model of the rows that it lists and how many they are; None and 0 where it lists none.
    listed: tuple[type[Model] | None, int]


def listed(response):
    """The model of the rows that a page, the admin or the API lists, and how many they are; None and 0 for no list."""
    if isinstance(data := getattr(response, "data", None), dict) and data.get("results"):
        return response.renderer_context["view"].get_queryset().model, len(data["results"])
    contexts = response.context if isinstance(response.context, list) else filter(None, [response.context])
    for value in (value for context in contexts for layer in context for value in layer.values()):
        # By its own class: `isinstance` would work out what is lazy, in every context of every part of a page.
        if issubclass(type(value), ChangeList | Paginated):
            rows = value.result_list if isinstance(value, ChangeList) else value.object_list
            if len(rows) and isinstance(rows[0], Model):
                return type(rows[0]), len(rows)
    return None, 0


class Visits:
    """The world's addresses, each visited once by each visitor who asks."""

    def __init__(self, world: World):
        self.world = world
        self.urls = {name_of(address): concrete(address, world) for address, _ in patterns()}
        self.pages = functools.cache(self._pages)

    def client(self, visitor):
        if visitor == "machine":
            return self.world.machine
        client = Client(raise_request_exception=False)
        if visitor != "anonymous":
            client.force_login(self.world.users[visitor])
        return client

    def _pages(self, visitor):
        """Page by name of address; no row in the world, no page. One refusal and one miss are written out in full."""
        client, pages = self.client(visitor), {}
        for name, url in WRITTEN_OUT.items():
            pages[name] = _page(url, _answer(client, url))
        with brief_refusals():
            for name, url in self.urls.items():
                if url is None:
                    continue
                pages[name] = _page(url, _answer(client, url))
                if name.endswith("logout/") and visitor not in ("anonymous", "machine"):
                    client.force_login(self.world.users[visitor])
        return pages

    def marks(self, visitor):
        """The visitor's column of the table."""
        pages = self.pages(visitor)
        return {name: pages[name].mark if name in pages else "-" for name in self.urls}


def _answer(client, url):
    """What the address says to GET; if it takes none, to an empty POST that leaves nothing behind."""
    response = client.get(url)
    if response.status_code == 405:
        with transaction.atomic():
            response = client.post(url)
            transaction.set_rollback(True)
    return response


def _page(url, response):
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    # A file that is being sent stays open until it has been read to its end.
    content = b"".join(response.streaming_content) if response.streaming else response.content
    html = content.decode() if is_html else ""
    return Page(url, mark(response), dict(response.headers), html, listed(response))
