"""The value of a patent from an indicator table: PVD = a*LVD + b*TVD + c*EVD. Pure: no database, no clock.

A dimension's score is the weighted mean of its indicators on a scale of 100; where the table has a multiplier
(stability, for the legal value) the mean is multiplied by its share of the scale. Each dimension is rounded half up
to two decimals; the total is computed from the rounded dimensions and rounded the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from patents.enums.evaluation import Dimension
from portal.errors import Invalid
from portal.policy.facts import Facts
from portal.policy.results import Line

HUNDRED, CENT, ONE = Decimal(100), Decimal("0.01"), Decimal(1)
SYMBOLS = {Dimension.LEGAL: "LVD", Dimension.TECHNICAL: "TVD", Dimension.ECONOMIC: "EVD"}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of a table. `computed` is how the portal fills it (policy/indicators); empty: a person does."""

    code: str
    name: str
    dimension: Dimension
    weight: Decimal
    is_multiplier: bool = False
    group: str = ""
    guide: str = ""
    computed: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    code: str
    name: str
    weights: Mapping[Dimension, Decimal]


@dataclass(frozen=True, slots=True)
class Table:
    """A version of an indicator table; values run from 0 to `scale`."""

    code: str
    scale: Decimal
    indicators: tuple[Indicator, ...]
    scenes: tuple[Scene, ...]

    def of(self, dimension: str) -> list[Indicator]:
        """The indicators of one dimension, in the table's order."""
        return [indicator for indicator in self.indicators if indicator.dimension == dimension]

    def scene(self, code: str) -> Scene:
        """The scene of that code. Raises Invalid."""
        for scene in self.scenes:
            if scene.code == code:
                return scene
        raise Invalid(f"指标表 {self.code} 没有场景“{code[:30]}”。", field="scene")


def read_table(code: str, parameters: Mapping[str, Any]) -> Table:
    """The table of a version's parameters.

    Raises:
        Invalid: a field is missing, a code comes twice, weights do not add up to 1; `field` is its path.
    """
    facts = Facts(parameters)
    table = Table(
        code,
        Decimal(facts.whole("scale")),
        tuple(_indicator(part) for part in facts.parts("indicators")),
        tuple(_scene(part) for part in facts.parts("scenes")),
    )
    _check_table(table, parameters)
    return table


def _indicator(part: Facts) -> Indicator:
    is_multiplier = part.has("multiplier") and part.flag("multiplier")
    return Indicator(
        code=part.text("code"),
        name=part.text("name"),
        dimension=Dimension(part.word("dimension", Dimension.values)),
        weight=Decimal(0) if is_multiplier else part.fraction("weight"),
        is_multiplier=is_multiplier,
        group=part.text("group") if part.has("group") else "",
        guide=part.text("guide") if part.has("guide") else "",
        computed=part.part("computed").data if part.has("computed") else None,
    )


def _scene(part: Facts) -> Scene:
    weights = part.part("weights")
    return Scene(
        part.text("code"),
        part.text("name"),
        {dimension: weights.fraction(dimension) for dimension in Dimension},
    )


def _check_table(table: Table, parameters: Mapping[str, Any]) -> None:
    codes = [indicator.code for indicator in table.indicators]
    if twice := [code for code in codes if codes.count(code) > 1]:
        raise Invalid(f"指标代码“{twice[0]}”重复。", field="indicators")
    for dimension in Dimension:
        rows = table.of(dimension)
        total = sum((row.weight for row in rows), start=Decimal(0))
        if total != ONE:
            raise Invalid(f"{dimension.label}各指标权重之和为 {total}，应为 1。", field="indicators")
        if sum(row.is_multiplier for row in rows) > 1:
            raise Invalid(f"{dimension.label}最多有一个乘数指标。", field="indicators")
    if not table.scenes or not table.scale:
        raise Invalid("指标表至少要有一个场景，量程应大于零。", field="scenes")
    for scene in table.scenes:
        if (total := sum(scene.weights.values(), start=Decimal(0))) != ONE:
            raise Invalid(f"场景“{scene.name}”的三项权重之和为 {total}，应为 1。", field="scenes")
    _check_shape(table, parameters)


def _check_shape(table: Table, parameters: Mapping[str, Any]) -> None:
    """A standard that says how many indicators it has must have been entered completely."""
    shape = parameters.get("shape") or {}
    groups, leaves = {row.group for row in table.indicators if row.group}, len(table.indicators)
    if shape.get("level2") and len(groups) != shape["level2"]:
        raise Invalid(f"该标准有 {shape['level2']} 项二级指标，表中有 {len(groups)} 项。", field="indicators")
    if shape.get("level3") and leaves < shape["level3"]:
        raise Invalid(f"该标准有 {shape['level3']} 项三级指标，表中有 {leaves} 项。", field="indicators")


@dataclass(frozen=True, slots=True)
class Given:
    """A value from 0 to the table's scale, with the fact or reason behind it."""

    value: Decimal
    fact: str = ""

    @property
    def said(self) -> str:
        """The fact in brackets, nothing where there is none."""
        return f"（{self.fact}）" if self.fact else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Scores from 0 to 100, None where one cannot be stated, with the lines that explain each number."""

    dimensions: Mapping[Dimension, Decimal | None]
    total: Decimal | None
    lines: tuple[Line, ...]
    missing: tuple[str, ...]


def evaluate(table: Table, scene_code: str, values: Mapping[str, Given]) -> Outcome:
    """Score the values under one scene.

    Indicators without a value are left out and the weights of the others scaled up; a line says so. A dimension
    without any weighted value, or whose multiplier has none, gets no score, and then there is no total.

    Raises:
        Invalid: a value is outside 0 to the scale; `field` is the indicator's code.
    """
    scene = table.scene(scene_code)
    for indicator in table.indicators:
        given = values.get(indicator.code)
        if given is not None and not 0 <= given.value <= table.scale:
            raise Invalid(f"“{indicator.name}”应为 0 至 {table.scale}。", field=indicator.code)
    lines: list[Line] = []
    scores = {dimension: _dimension(table, dimension, values, lines) for dimension in Dimension}
    total = _total(scene, scores, lines)
    missing = tuple(row.code for row in table.indicators if row.code not in values)
    return Outcome(scores, total, tuple(lines), missing)


def _dimension(table: Table, dimension: Dimension, values: Mapping[str, Given], lines: list[Line]) -> Decimal | None:
    rows = [row for row in table.of(dimension) if not row.is_multiplier]
    present = [row for row in rows if row.code in values]
    multiplier = next((row for row in table.of(dimension) if row.is_multiplier), None)
    symbol = SYMBOLS[dimension]
    if not present:
        lines.append(Line(symbol, f"{dimension.label}：没有可用的指标值，不能计算", ""))
        return None
    weight = sum((row.weight for row in present), start=Decimal(0))
    weighted = sum((row.weight * values[row.code].value for row in present), start=Decimal(0))
    for row in present:
        given = values[row.code]
        text = f"{row.name}：{given.value} × 权重 {row.weight}{given.said}"
        lines.append(Line(symbol, text, str(row.weight * given.value)))
    if len(present) < len(rows):
        text = f"{dimension.label}只有 {len(present)}/{len(rows)} 项有值，按权重之和 {weight} 折算"
        lines.append(Line(symbol, text, str(weight)))
    if not weight:
        lines.append(Line(symbol, f"{dimension.label}：有值的指标权重均为零，不能计算", ""))
        return None
    score = weighted / weight / table.scale * HUNDRED
    if multiplier is None:
        return _stated(symbol, f"{dimension.label} = 加权和 {weighted} ÷ {weight} ÷ {table.scale} × 100", score, lines)
    if multiplier.code not in values:
        lines.append(Line(symbol, f"乘数指标“{multiplier.name}”没有值，{dimension.label}不能计算", ""))
        return None
    factor = values[multiplier.code]
    lines.append(Line(symbol, f"乘数 {multiplier.name}：{factor.value}/{table.scale}{factor.said}", str(factor.value)))
    text = f"{dimension.label} = {multiplier.name} {factor.value}/{table.scale} × 加权和 {weighted} ÷ {weight} ÷ {table.scale} × 100"
    return _stated(symbol, text, score * factor.value / table.scale, lines)


def _stated(symbol: str, text: str, score: Decimal, lines: list[Line]) -> Decimal:
    rounded = score.quantize(CENT, rounding=ROUND_HALF_UP)
    lines.append(Line(symbol, f"{text}，四舍五入到两位小数", str(rounded)))
    return rounded


def _total(scene: Scene, scores: Mapping[Dimension, Decimal | None], lines: list[Line]) -> Decimal | None:
    parts: list[Decimal] = []
    for dimension in Dimension:
        score = scores[dimension]
        if score is None:
            lines.append(Line("PVD", "三个维度未全部得分，不计算总分", ""))
            return None
        parts.append(scene.weights[dimension] * score)
    said = " + ".join(f"{scene.weights[one]} × {SYMBOLS[one]} {scores[one]}" for one in Dimension)
    return _stated("PVD", f"场景“{scene.name}”：{said}", sum(parts, start=Decimal(0)), lines)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """The form that is stored: numbers as text, None where none was stated."""
    return {
        "dimensions": {str(key): None if score is None else str(score) for key, score in outcome.dimensions.items()},
        "total": None if outcome.total is None else str(outcome.total),
        "lines": [{"article": line.article, "text": line.text, "value": line.value} for line in outcome.lines],
        "missing": list(outcome.missing),
    }


def values_as_json(values: Mapping[str, Given]) -> dict[str, dict[str, str]]:
    """The inputs as they are stored."""
    return {code: {"value": str(given.value), "fact": given.fact} for code, given in values.items()}


def required_codes(table: Table, filled: Sequence[str]) -> list[str]:
    """The indicators that a person must fill in: those that the portal could not."""
    return [row.code for row in table.indicators if row.code not in set(filled)]
