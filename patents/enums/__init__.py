"""States, kinds and reasons, a file per part."""

from patents.enums.pool import IN_FORCE, LegalStatus, PatentKind, TransferWay

__all__ = ["IN_FORCE", "LegalStatus", "PatentKind", "TransferWay"]
