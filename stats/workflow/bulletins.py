"""The way of a bulletin: frozen, sent, and replaced by a dated revision; and of a city's copy."""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.figures import BulletinState, ReceiptState

_PROVINCE = [Role.PROVINCE]
BULLETIN_FLOW = Flow(
    labels=dict(BulletinState.choices),
    moves={
        BulletinState.FROZEN: {BulletinState.SENT: _PROVINCE, BulletinState.REPLACED: _PROVINCE},
        BulletinState.SENT: {BulletinState.REPLACED: _PROVINCE},
    },
)
RECEIPT_FLOW = Flow(
    labels=dict(ReceiptState.choices),
    moves={ReceiptState.WAITING: {ReceiptState.RECEIVED: [Role.CITY]}},
)
