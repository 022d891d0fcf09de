"""How an offer moves: who may bring it into the pool and out of it."""

from patents.enums import ListingState
from portal.accounts.enums import Role
from portal.flow import Flow

_OWNERS = (Role.HOLDER, Role.CITY, Role.PROVINCE)

LISTING_FLOW = Flow(
    dict(ListingState.choices),
    {
        ListingState.DRAFT: {ListingState.LISTED: _OWNERS, ListingState.WITHDRAWN: _OWNERS},
        ListingState.LISTED: {
            ListingState.LISTED: _OWNERS,  # renewal
            ListingState.WITHDRAWN: _OWNERS,
            ListingState.REMOVED: (Role.CITY, Role.PROVINCE),
            ListingState.EXPIRED: (),
        },
    },
)
"""The portal itself removes a listing when the right ends or changes hands: `services.listing.end_open_listings`."""
