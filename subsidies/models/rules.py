"""Rule versions of subsidies: the rows of portal.policy that this app drafts and approves."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from portal.policy.models import RuleVersion
from subsidies.enums import RuleKind

if TYPE_CHECKING:
    from typing import Self

PROCESS = "subsidy_process"
"""The kind of the rule that sets how long each step of a review may take."""
KINDS = (*RuleKind.values, PROCESS)


class SubsidyRuleQuerySet(models.QuerySet["SubsidyRule"]):
    def visible_to(self, user: Any) -> "Self":
        """Officials see all versions, drafts too."""
        return self.filter(kind__in=KINDS) if user.is_authenticated and user.is_official else self.none()


class SubsidyRule(RuleVersion):
    """A version of a kind of subsidy. The table and its freezing trigger are the kernel's."""

    objects: ClassVar[Any] = SubsidyRuleQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "补贴规则版本"
