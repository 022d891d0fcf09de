"""Definitions of indicators and targets: the rows of portal.policy that the statistics draft and approve."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from portal.policy.models import RuleVersion

if TYPE_CHECKING:
    from typing import Self

INDICATOR, TARGET, SUSPICION = "stats_indicator", "stats_target", "stats_suspicion"
KINDS = {INDICATOR: "指标口径", TARGET: "目标", SUSPICION: "存疑规则"}


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def visible_to(self, user: Any) -> "Self":
        """Officials see all versions, drafts too."""
        return self.filter(kind__in=KINDS) if user.is_authenticated and user.is_official else self.none()


class Definition(RuleVersion):
    """A version of an indicator, a target or the rules of suspicion. The table and its freezing are the kernel's."""

    objects: ClassVar[Any] = DefinitionQuerySet.as_manager()

    class Meta:
        proxy = True
        verbose_name = verbose_name_plural = "指标和目标版本"
