"""Who may move a patent product's filing, its yearly figures and its recognition."""

from portal.accounts.enums import Role
from portal.flow import Flow
from stats.enums.products import IntensiveState, ProductState, YearState

FIRM = {Role.SME, Role.HOLDER}
_CITY, _PROVINCE = {Role.CITY}, {Role.PROVINCE}

PRODUCT_FLOW = Flow(
    dict(ProductState.choices),
    {
        ProductState.DRAFT: {ProductState.SUBMITTED: FIRM, ProductState.WITHDRAWN: FIRM},
        ProductState.RETURNED: {ProductState.SUBMITTED: FIRM, ProductState.WITHDRAWN: FIRM},
        ProductState.SUBMITTED: {
            ProductState.CITY_PASSED: _CITY,
            ProductState.RETURNED: _CITY,
            ProductState.REFUSED: _CITY,
            ProductState.WITHDRAWN: FIRM,
        },
        ProductState.CITY_PASSED: {
            ProductState.FILED: _PROVINCE,
            ProductState.RETURNED: _PROVINCE,
            ProductState.REFUSED: _PROVINCE,
            ProductState.WITHDRAWN: FIRM,
        },
        ProductState.FILED: {ProductState.CANCELLED: _PROVINCE},
    },
)
YEAR_FLOW = Flow(
    dict(YearState.choices),
    {
        # The figures handed in with the filing are the firm's until the city passes it on.
        YearState.WITH_FILING: {YearState.CONFIRMED: _CITY},
        YearState.SUBMITTED: {YearState.CONFIRMED: _CITY, YearState.RETURNED: _CITY},
        YearState.RETURNED: {YearState.SUBMITTED: FIRM},
    },
)
INTENSIVE_FLOW = Flow(
    dict(IntensiveState.choices),
    {
        IntensiveState.SUBMITTED: {
            IntensiveState.RECOGNISED: _PROVINCE,
            IntensiveState.RETURNED: _PROVINCE,
            IntensiveState.NOT_RECOGNISED: _PROVINCE,
            IntensiveState.WITHDRAWN: FIRM,
        },
        IntensiveState.RETURNED: {IntensiveState.SUBMITTED: FIRM, IntensiveState.WITHDRAWN: FIRM},
        IntensiveState.RECOGNISED: {IntensiveState.REVOKED: _PROVINCE},
    },
)
