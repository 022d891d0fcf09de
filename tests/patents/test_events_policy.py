import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patents.enums import EventCode, LegalStatus, Overlay
from patents.policy.events import RULES, EventFacts, LegalState, apply
from portal.errors import Conflict, Invalid, ServiceError, WrongState

DAY = dt.date(2020, 1, 1)


def event(code, days=0, reference="", **facts):
    return EventFacts(EventCode(code), DAY + dt.timedelta(days=days), reference, facts)


def after(start, *events):
    state = LegalState(LegalStatus(start))
    for one in events:
        state = apply(state, one)
    return state


@pytest.mark.parametrize(
    ("start", "codes", "status"),
    [
        ("filed", ["PB01", "SE01", "GR01"], "valid"),
        ("unknown", ["SE01"], "in_examination"),
        ("filed", ["WD01"], "withdrawn"),
        ("in_examination", ["RJ01"], "refused"),
        ("in_examination", ["WD01", "RR01"], "in_examination"),
        ("valid", ["GR01"], "valid"),  # confirms what a sheet had stated
        ("valid", ["CF01"], "lapsed_unpaid"),
        ("valid", ["CF01", "RR01"], "valid"),
        ("valid_fee_grace", ["CF01", "RR01"], "valid_fee_grace"),
        ("lapsed_unpaid", ["RR01"], "valid"),
        ("valid", ["AV01"], "abandoned"),
        ("valid", ["CX01"], "expired"),
        ("expired", ["CX01"], "expired"),
        ("valid", ["IW01"], "invalid_whole"),
        ("lapsed_unpaid", ["IW01"], "invalid_whole"),
        ("valid", ["IP01", "TR01", "CP01", "CP02", "CP03", "CB03", "DD01"], "valid"),
    ],
)
def test_events_make_the_status(start, codes, status):
    assert after(start, *(event(code, days) for days, code in enumerate(codes))).status == status


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("valid", "SE01"), ("lapsed_unpaid", "CF01"), ("expired", "PE01"), ("refused", "GR01"), ("invalid_whole", "RR01"),
        ("expired", "RR01"), ("in_examination", "CF01"), ("filed", "EE01"), ("invalid_whole", "IP01"), ("abandoned", "TR01"),
    ],
)  # fmt: skip
def test_an_event_that_cannot_come_is_refused(start, code):
    first = LegalState(LegalStatus(start), last_on=DAY)

    with pytest.raises(WrongState):
        apply(first, event(code, 1, licence_kind="ordinary"))


@pytest.mark.parametrize(
    ("events", "overlays"),
    [
        ([event("PE01", 0, "Y1")], ["pledged"]),
        ([event("PE01", 0, "Y1"), event("PM01", 1, "Y1"), event("PC01", 2, "Y1")], []),
        ([event("PE01", 0, "Y1"), event("PC01", 1), event("PE01", 2, "Y2")], ["pledged"]),
        ([event("PP01", 0, "C1"), event("PP01", 1, "C2"), event("PD01", 2, "C1")], ["frozen"]),
        ([event("PP01", 0), event("PD01", 1, "C1")], []),
        ([event("EE01", 0, "L1", licence_kind="exclusive"), event("EC01", 1, "L1")], []),
        ([event("EE01", 0, "L1", licence_kind="sole")], ["licensed_sole"]),
        (
            [
                event("EE01", 0, "L1", licence_kind="ordinary"),
                event("EE01", 0, "L2", licence_kind="ordinary"),
                event("EC01", 1, "L2"),
            ],
            ["licensed_ordinary"],
        ),
        ([event("OL01"), event("EE01", 1, "L1", licence_kind="ordinary")], ["licensed_ordinary", "open_licence"]),
        ([event("OL01"), event("XOL2", 1)], []),
        ([event("XIR1"), event("XIR2", 1)], []),
        ([event("XIR1"), event("IP01", 1)], ["invalid_part"]),
        ([event("XOD1"), event("XOD2", 1)], []),
        ([event("PE01"), event("CF01", 1)], ["pledged"]),  # the pledge stays on the register
        ([event("PE01"), event("PP01"), event("IW01", 1)], []),
    ],
)
def test_events_lay_burdens_over_the_status_and_lift_them(events, overlays):
    assert after("valid", *events).overlays == overlays


@pytest.mark.parametrize(
    ("events", "code"),
    [
        ([event("PE01", 0, "Y1"), event("PE01", 1, "Y2")], "overlay_stands"),
        ([event("PC01", 0, "Y1")], "nothing_to_end"),
        ([event("PE01", 0, "Y1"), event("PC01", 1, "Y2")], "reference_differs"),
        ([event("PD01")], "nothing_to_end"),
        ([event("EE01", 0, licence_kind="exclusive"), event("EE01", 1, licence_kind="ordinary")], "licence_stands"),
        ([event("EE01", 0, licence_kind="ordinary"), event("EE01", 1, licence_kind="exclusive")], "licence_stands"),
        ([event("EE01", 0, licence_kind="exclusive"), event("OL01", 1)], "licence_stands"),
        ([event("OL01"), event("EE01", 1, licence_kind="sole")], "licence_stands"),
        ([event("OL01"), event("OL01", 1)], "overlay_stands"),
        ([event("TR01", 5), event("CP01", 4)], "older_event"),
    ],
)
def test_what_contradicts_the_events_before_is_a_conflict(events, code):
    with pytest.raises(Conflict) as refusal:
        after("valid", *events)

    assert refusal.value.code == code


def test_a_licence_names_its_kind_and_an_ambiguous_end_its_number():
    with pytest.raises(Invalid) as refusal:
        after("valid", event("EE01"))
    assert refusal.value.field == "licence_kind"

    licences = [event("EE01", 0, number, licence_kind="ordinary") for number in ("L1", "L2")]
    with pytest.raises(Invalid) as refusal:
        after("valid", *licences, event("EC01", 1))
    assert refusal.value.field == "reference"


def test_every_code_has_a_rule():
    assert set(RULES) == set(EventCode)


_EVENTS = st.lists(
    st.tuples(
        st.sampled_from(list(EventCode)), st.integers(0, 3), st.sampled_from(["", "A", "B"]),
        st.sampled_from(["exclusive", "sole", "ordinary"]),
    ),
    max_size=14,
)  # fmt: skip


@given(start=st.sampled_from(list(LegalStatus)), steps=_EVENTS)
def test_whatever_comes_the_state_stays_whole(start, steps):
    """Refused events change nothing; the days never run back; one pledge at most; nobody beside an exclusive licence."""
    state, day = LegalState(start), DAY
    for code, later, reference, kind in steps:
        day += dt.timedelta(days=later)
        before = replace(state)
        try:
            state = apply(state, EventFacts(code, day, reference, {"licence_kind": kind}))
        except ServiceError:
            assert state == before
            continue
        assert state.last_on == day
        lying = [burden.overlay for burden in state.burdens]
        assert lying.count(Overlay.PLEDGED) <= 1
        if Overlay.LICENSED_EXCLUSIVE in lying:
            licences = [one for one in lying if one.startswith("licensed") or one == Overlay.OPEN_LICENCE]
            assert licences == [Overlay.LICENSED_EXCLUSIVE]
        if state.status in (LegalStatus.INVALID, LegalStatus.EXPIRED) and code in (EventCode.IW01, EventCode.CX01):
            assert lying == []
