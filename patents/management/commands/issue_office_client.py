"""Credentials for a program of the province's authority: `manage.py issue_office_client ORG`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.api.services import issue_office_credentials
from portal.errors import ServiceError
from portal.sheets.commands import find_organisation


class Command(BaseCommand):
    help = "发放法律事件接口的凭据；此前发放的立即失效。密钥只显示这一次。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("organisation", help="省级知识产权管理部门：统一社会信用代码或单位编号")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            issued = issue_office_credentials(organisation=find_organisation(options["organisation"]), by=None)
        except ServiceError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"client_id: {issued.client_id}\nclient_secret: {issued.client_secret}")
