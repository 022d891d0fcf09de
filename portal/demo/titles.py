"""Titles of demonstration patents, in the shapes that Chinese titles have."""

from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from random import Random

from portal.demo.technical_fields import Form, Solution, TechnicalField

LONGEST_TITLE = 40
"""Most titles stay below 25 characters, none exceeds 40 (guidelines for examination)."""
LONG_FEATURE = 4
MODEL_LETTERS = "ABCDEFGHJKLMNPQRSTUWXYZ"

_MODIFIERS = {
    Form.DEVICE: ("", "模块化", "集成式", "可调式", "组合式", "紧凑型"),
    Form.MATERIAL: ("", "环保型", "复合型", "改性", "高性能", "低成本"),
    Form.PROCESS: ("", "高效", "绿色", "连续化", "低成本", "节能型"),
    Form.SYSTEM: ("", "在线", "实时", "分布式", "端云协同", "多源融合"),
}
# {object} may carry a modifier, {plain_object} does not.
_OF_ANY_DEVICE = (
    "一种{feature}{object}",
    "一种{scene}用{feature}{object}",
    "一种带有{part}的{feature}{object}",
    "一种{plain_object}用{feature}{part}",
    "一种{feature}{plain_object}的{part}",
    "一种{scene}用{object}的{part}",
    "一种用于{scene}的{feature}{object}",
    "一种用于{plain_object}的{feature}{part}结构",
    "一种带有{part}的{scene}用{object}",
    "一种{scene}用带有{part}的{feature}{object}",
    "一种{feature}{object}的{part}与{other_part}联接结构",
    "一种{scene}用{plain_object}的{part}与{other_part}组件",
    "一种具有{part}和{other_part}的{object}",
    "一种具有{part}和{other_part}的{feature}{object}",
    "一种适用于{scene}的{object}的{feature}{part}",
)
_OF_INVENTIONS = {
    Form.DEVICE: (
        *_OF_ANY_DEVICE,
        "一种{feature}{object}及其控制方法",
        "一种{scene}用{feature}{object}及其工作方法",
        "一种{object}的{part}及其调节方法",
        "一种设有{part}的{feature}{object}及使用方法",
        "一种{scene}用{object}的{part}及调节方法",
    ),
    Form.MATERIAL: (
        "一种{feature}{object}及其制备方法",
        "一种{feature}{object}的制备方法",
        "一种{scene}用{feature}{object}及其制备方法",
        "一种{scene}用{object}的制备方法",
        "一种含{part}的{feature}{object}及其制备方法",
        "一种含{part}的{scene}用{object}",
        "一种含{part}的{object}在{scene}中的应用",
        "一种{part}改性的{feature}{plain_object}及其制备方法",
        "一种{part}与{other_part}协同的{feature}{object}",
        "一种含{part}和{other_part}的{object}及制备方法",
        "一种{scene}用含{part}的{feature}{object}",
        "一种基于{part}和{other_part}的{scene}用{object}",
        "{feature}{object}及其在{scene}中的应用",
    ),
    Form.PROCESS: (
        "一种{feature}的{object}方法",
        "一种基于{part}的{object}方法",
        "一种基于{part}的{feature}{object}工艺",
        "一种用于{scene}的{object}工艺及装置",
        "一种{part}与{other_part}联用的{object}方法",
        "一种{scene}的{feature}{object}方法",
        "一种采用{part}的{object}系统及方法",
        "一种{part}耦合{other_part}的{feature}{object}工艺",
        "一种面向{scene}的基于{part}的{object}方法",
        "一种{part}强化的{feature}{object}系统及方法",
        "一种面向{scene}的{part}与{other_part}联合{plain_object}方法",
        "面向{scene}的{feature}{object}工艺",
    ),
    Form.SYSTEM: (
        "一种{feature}的{object}方法",
        "一种基于{part}的{object}方法",
        "基于{part}的{scene}{object}方法及系统",
        "一种{scene}{object}方法、装置、设备及存储介质",
        "一种融合{part}与{other_part}的{object}方法",
        "一种面向{scene}的{feature}{object}系统",
        "基于{part}的{feature}{object}方法及装置",
        "一种{scene}条件下的{object}方法及系统",
        "基于{part}与{other_part}的{feature}{object}系统",
        "一种{scene}条件下基于{part}的{object}方法",
        "融合{part}与{other_part}的{scene}{object}方法及系统",
    ),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What one patent or need is about: words drawn from its field that belong together."""

    field: TechnicalField
    object: str
    parts: tuple[str, str, str]
    scene: str
    solution: Solution
    second_solution: Solution | None

    @classmethod
    def draw(cls, rng: Random, field: TechnicalField) -> "Subject":
        thing = rng.choices(field.things, cum_weights=_cumulated_weights(field))[0]
        first, *rest = rng.sample(thing.solutions, min(2, len(thing.solutions)))
        one, two, three = rng.sample(thing.parts, 3)
        return cls(field, thing.name, (one, two, three), rng.choice(thing.scenes), first, rest[0] if rest else None)


@cache
def _cumulated_weights(field: TechnicalField) -> tuple[int, ...]:
    return tuple(accumulate(thing.weight for thing in field.things))


def patent_title(rng: Random, subject: Subject, *, is_invention: bool) -> str:
    """The title of an invention, or of a utility model, which protects products only and names no method."""
    shapes = _OF_INVENTIONS[subject.field.form] if is_invention else _OF_ANY_DEVICE
    modifier = rng.choice(_MODIFIERS[subject.field.form])
    words = {
        "feature": adjective(subject.solution.feature),
        "object": subject.object if modifier in subject.object else f"{modifier}{subject.object}",
        "plain_object": subject.object,
        "part": subject.parts[0],
        "other_part": subject.parts[1],
        "scene": subject.scene,
    }
    title = rng.choice(shapes).format_map(words).replace("的的", "的")
    return title if len(title) <= LONGEST_TITLE else f"一种{words['feature']}{words['object']}"


def adjective(feature: str) -> str:
    """The feature as it stands before a noun: 低温活性好的, but 防缠绕."""
    return f"{feature}的" if len(feature) >= LONG_FEATURE or feature.endswith(("好", "小")) else feature


def design_title(rng: Random, field: TechnicalField, titles: set[str]) -> str:
    """The product's name with a model code that no other design of `titles` has; adds it there."""
    while True:
        name = rng.choice(field.design_titles)
        model = f"{rng.choice(MODEL_LETTERS)}{rng.choice(MODEL_LETTERS)}{rng.randint(10, 999)}"
        title = f"{name[:-1]} {model}）" if name.endswith("）") else f"{name}（{model}）"
        if title not in titles:
            titles.add(title)
            return title
