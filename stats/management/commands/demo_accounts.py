"""manage.py demo_accounts: one account for each role, and the sample bank's credentials."""

from typing import Any
from unicodedata import east_asian_width

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from finance.demo_bank import credentials_file, read_credentials
from portal.accounts.demo import is_loaded
from portal.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

LABEL_WIDTH = 24
NAME_WIDTH = 14


class Command(BaseCommand):
    help = "显示演示账号：每种角色一个。"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("生产环境没有演示账号。")
        if not is_loaded():
            raise CommandError("尚无演示数据，请先运行 load_demo。")
        for account in DEMO_ACCOUNTS:
            self.stdout.write(f"  {_padded(account.label, LABEL_WIDTH)}{account.username:<{NAME_WIDTH}}{DEMO_PASSWORD}")
        if bank := read_credentials():
            self.stdout.write(f"  {_padded('示例银行 client_id', LABEL_WIDTH)}{bank['client_id']}")
            self.stdout.write(f"  {_padded('示例银行 client_secret', LABEL_WIDTH)}{bank['client_secret']}")
        else:
            self.stdout.write(f"  示例银行凭据文件不存在：{credentials_file()}（再次运行 load_demo 重新发放）")
        self.stdout.write("  管理人员的后台在 /admin/，企业和高校从首页登录。")


def _padded(text: str, width: int) -> str:
    """The text filled with blanks to so many columns; Chinese characters take two."""
    columns = sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
    return text + " " * max(width - columns, 1)
