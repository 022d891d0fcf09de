"""Industries of the pool and saved searches of the demonstration's accounts."""

from patents.services.industries import tag_patents
from patents.services.saved import save_search
from portal.accounts.enums import Role
from portal.accounts.models import User
from portal.demo.accounts import DEMO_ACCOUNTS

SEARCHES = {
    Role.SME: (("轴承和减速机", "q=轴承"), ("济南市可许可的新材料专利", "city=370100&sei=3&way=licence")),
    Role.HOLDER: (("同领域发明", "ipc=G06&kind=invention"),),
    Role.CITY: (("开放许可", "licence=on"),),
}


def load_search() -> None:
    """Give every patent its industries, and the accounts a few saved searches."""
    tag_patents()
    names = [account.username for account in DEMO_ACCOUNTS if not account.is_pending]
    for user in User.objects.filter(username__in=names, role__in=SEARCHES).order_by("pk"):
        for name, query in SEARCHES[Role(user.role)]:
            save_search(by=user, name=name, query=query)
