"""What each legal event makes of a patent: the transition table. No database, no clock.

A state is a status and the burdens that lie over it; events are folded over it in the order of their dates. What
contradicts the events before it is refused with its reason: the gazette announces no second pledge on a pledged patent.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from patents.enums import IN_FORCE, EventCode, LegalStatus, LicenceKind, Overlay
from portal.errors import Conflict, Invalid, WrongState

BEFORE_GRANT = frozenset(
    {LegalStatus.FILED, LegalStatus.PUBLISHED, LegalStatus.IN_EXAMINATION, LegalStatus.GRANTED_PENDING}
)
NOT_STATED = frozenset({LegalStatus.UNKNOWN})
ENDED = frozenset({LegalStatus.LAPSED_UNPAID, LegalStatus.EXPIRED, LegalStatus.ABANDONED, LegalStatus.INVALID})
OPEN = BEFORE_GRANT | NOT_STATED
LIVE = IN_FORCE | NOT_STATED
ANY = frozenset(LegalStatus)
RESTORABLE = frozenset({LegalStatus.LAPSED_UNPAID, LegalStatus.WITHDRAWN, LegalStatus.ABANDONED})
LICENCES = frozenset({Overlay.LICENSED_EXCLUSIVE, Overlay.LICENSED_SOLE, Overlay.LICENSED_ORDINARY})
_RESTRICTING = (Overlay.LICENSED_EXCLUSIVE, Overlay.LICENSED_SOLE)
_LICENCE_OVERLAY = {
    LicenceKind.EXCLUSIVE: Overlay.LICENSED_EXCLUSIVE,
    LicenceKind.SOLE: Overlay.LICENSED_SOLE,
    LicenceKind.ORDINARY: Overlay.LICENSED_ORDINARY,
}


@dataclass(frozen=True, slots=True)
class EventFacts:
    """One event as announced."""

    code: EventCode
    on: dt.date
    reference: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Burden:
    """One pledge, freeze, licence or dispute that runs."""

    overlay: Overlay
    reference: str
    since: dt.date


@dataclass(frozen=True, slots=True)
class LegalState:
    """Where a patent stands after some events."""

    status: LegalStatus
    burdens: tuple[Burden, ...] = ()
    before_end: LegalStatus | None = None  # what RR01 brings back
    last_on: dt.date | None = None

    @property
    def overlays(self) -> list[str]:
        """Each overlay once, in the order of their list."""
        lying = {burden.overlay for burden in self.burdens}
        return [str(overlay) for overlay in Overlay if overlay in lying]


Effect = Callable[[LegalState, EventFacts], LegalState]


@dataclass(frozen=True, slots=True)
class Rule:
    """From which statuses an event may come, the status it makes (None: the same) and what else it does."""

    allowed: frozenset[LegalStatus]
    to: LegalStatus | None = None
    effect: Effect | None = None


def apply(state: LegalState, event: EventFacts) -> LegalState:
    """The state after the event.

    Raises:
        Conflict: the event is older than the last one, or contradicts what already lies over the patent.
        WrongState: such an event cannot come in the patent's status.
        Invalid: the gazette's facts lack what the event needs.
    """
    if state.last_on is not None and event.on < state.last_on:
        raise Conflict(
            f"事件日期 {event.on} 早于该专利最近一次法律事件（{state.last_on}），不能补记在其之前。", code="older_event"
        )
    rule = RULES[event.code]
    # A status that a sheet or holder stated before any event: the event that confirms it may come.
    is_confirmation = state.last_on is None and rule.to == state.status
    if state.status not in rule.allowed and not is_confirmation:
        raise WrongState(f"该专利法律状态为“{state.status.label}”，不能登记“{event.code.label}”（{event.code}）。")
    after = rule.effect(state, event) if rule.effect else state
    if rule.to is not None and rule.to != state.status:
        ends = rule.to in ENDED or rule.to == LegalStatus.WITHDRAWN
        after = replace(after, status=rule.to, before_end=state.status if ends else None)
    return replace(after, last_on=event.on)


def _add(overlay: Overlay, state: LegalState, event: EventFacts) -> LegalState:
    return replace(state, burdens=(*state.burdens, Burden(overlay, event.reference, event.on)))


def _add_once(overlay: Overlay, state: LegalState, event: EventFacts) -> LegalState:
    standing = next((burden for burden in state.burdens if burden.overlay == overlay), None)
    if standing is not None:
        number = f"（{standing.reference}）" if standing.reference else ""
        raise Conflict(
            f"该专利自 {standing.since} 起已是“{overlay.label}”{number}，须先登记其解除。", code="overlay_stands"
        )
    return _add(overlay, state, event)


def _remove(overlays: Iterable[Overlay], state: LegalState, event: EventFacts) -> LegalState:
    """End the burden with the event's reference; without a reference the only one there is."""
    ended = _matching(overlays, state, event)
    return replace(state, burdens=tuple(burden for burden in state.burdens if burden is not ended))


def _require(overlays: Iterable[Overlay], state: LegalState, event: EventFacts) -> LegalState:
    _matching(overlays, state, event)
    return state


def _matching(overlays: Iterable[Overlay], state: LegalState, event: EventFacts) -> Burden:
    wanted = list(overlays)
    running = [burden for burden in state.burdens if burden.overlay in wanted]
    if not running:
        raise Conflict(f"该专利没有“{wanted[0].label}”的登记，不能登记“{event.code.label}”。", code="nothing_to_end")
    # A burden whose number was never announced may be the one that any number means.
    named = [burden for burden in running if not event.reference or burden.reference in ("", event.reference)]
    if not named:
        raise Conflict(f"登记号“{event.reference}”与在记录的登记号不符。", code="reference_differs")
    exact = [burden for burden in named if burden.reference == event.reference]
    if len(named) > 1 and len(exact) != 1:
        raise Invalid("该专利有多项登记，请填写登记号（备案号）。", field="reference")
    return (exact or named)[0]


def _license(state: LegalState, event: EventFacts) -> LegalState:
    kind = str(event.facts.get("licence_kind", ""))
    if kind not in LicenceKind.values:
        raise Invalid("许可备案须写明许可种类：独占许可、排他许可或者普通许可。", field="licence_kind")
    _refuse_restricted(state, "许可")
    if kind != LicenceKind.ORDINARY and (LICENCES | {Overlay.OPEN_LICENCE}) & {
        burden.overlay for burden in state.burdens
    }:
        raise Conflict(f"该专利已有在先许可，不能再登记{LicenceKind(kind).label}。", code="licence_stands")
    return _add(_LICENCE_OVERLAY[LicenceKind(kind)], state, event)


def _open_licence(state: LegalState, event: EventFacts) -> LegalState:
    _refuse_restricted(state, "开放许可")
    return _add_once(Overlay.OPEN_LICENCE, state, event)


def _refuse_restricted(state: LegalState, word: str) -> None:
    standing = next((burden for burden in state.burdens if burden.overlay in _RESTRICTING), None)
    if standing is not None:
        raise Conflict(
            f"该专利自 {standing.since} 起“{standing.overlay.label}”，不能登记{word}。", code="licence_stands"
        )


def _invalid_in_part(state: LegalState, event: EventFacts) -> LegalState:
    kept = [burden for burden in state.burdens if burden.overlay != Overlay.INVALIDATION_PENDING]
    state = replace(state, burdens=tuple(kept))
    is_new = all(burden.overlay != Overlay.INVALID_PART for burden in kept)
    return _add(Overlay.INVALID_PART, state, event) if is_new else state


def _clear(state: LegalState, _event: EventFacts) -> LegalState:
    return replace(state, burdens=())


def _restore(state: LegalState, _event: EventFacts) -> LegalState:
    """Back to what it was; what a withdrawn application was before is not always known."""
    usual = LegalStatus.FILED if state.status == LegalStatus.WITHDRAWN else LegalStatus.VALID
    return replace(state, status=state.before_end or usual, before_end=None)


_PLEDGE = (Overlay.PLEDGED,)
_LICENCE_ORDER = (Overlay.LICENSED_ORDINARY, *_RESTRICTING)
_NO_CHANGE = Rule(ANY)
RULES: dict[EventCode, Rule] = {
    EventCode.PB01: Rule(frozenset({LegalStatus.FILED}) | NOT_STATED, LegalStatus.PUBLISHED),
    EventCode.SE01: Rule(
        frozenset({LegalStatus.FILED, LegalStatus.PUBLISHED}) | NOT_STATED, LegalStatus.IN_EXAMINATION
    ),
    EventCode.WD01: Rule(OPEN, LegalStatus.WITHDRAWN),
    EventCode.RJ01: Rule(OPEN, LegalStatus.REFUSED),
    EventCode.GR01: Rule(OPEN, LegalStatus.VALID),
    EventCode.AV01: Rule(LIVE | BEFORE_GRANT, LegalStatus.ABANDONED),
    EventCode.CF01: Rule(LIVE, LegalStatus.LAPSED_UNPAID),
    EventCode.CX01: Rule(LIVE | {LegalStatus.EXPIRED}, LegalStatus.EXPIRED, _clear),
    EventCode.IW01: Rule(LIVE | (ENDED - {LegalStatus.INVALID}), LegalStatus.INVALID, _clear),
    EventCode.IP01: Rule(LIVE | (ENDED - {LegalStatus.INVALID}), None, _invalid_in_part),
    EventCode.RR01: Rule(RESTORABLE, None, _restore),
    EventCode.PE01: Rule(LIVE, None, partial(_add_once, Overlay.PLEDGED)),
    EventCode.PM01: Rule(ANY, None, partial(_require, _PLEDGE)),
    EventCode.PC01: Rule(ANY, None, partial(_remove, _PLEDGE)),
    # Further courts may wait in line for the same patent, so a freeze may lie over a freeze.
    EventCode.PP01: Rule(LIVE | BEFORE_GRANT, None, partial(_add, Overlay.FROZEN)),
    EventCode.PD01: Rule(ANY, None, partial(_remove, (Overlay.FROZEN,))),
    EventCode.EE01: Rule(LIVE, None, _license),
    EventCode.EM01: Rule(ANY, None, partial(_require, _LICENCE_ORDER)),
    EventCode.EC01: Rule(ANY, None, partial(_remove, _LICENCE_ORDER)),
    EventCode.OL01: Rule(LIVE, None, _open_licence),
    EventCode.XOL2: Rule(ANY, None, partial(_remove, (Overlay.OPEN_LICENCE,))),
    EventCode.XIR1: Rule(LIVE | ENDED, None, partial(_add, Overlay.INVALIDATION_PENDING)),
    EventCode.XIR2: Rule(ANY, None, partial(_remove, (Overlay.INVALIDATION_PENDING,))),
    EventCode.XOD1: Rule(LIVE | BEFORE_GRANT, None, partial(_add_once, Overlay.OWNERSHIP_DISPUTE)),
    EventCode.XOD2: Rule(ANY, None, partial(_remove, (Overlay.OWNERSHIP_DISPUTE,))),
    EventCode.TR01: Rule(LIVE | BEFORE_GRANT),
    EventCode.CB03: _NO_CHANGE,
    EventCode.CP01: _NO_CHANGE,
    EventCode.CP02: _NO_CHANGE,
    EventCode.CP03: _NO_CHANGE,
    EventCode.DD01: _NO_CHANGE,
}
