"""Titles of demonstration patents, in the shapes that Chinese titles have."""

from dataclasses import dataclass
from random import Random

from portal.demo.technical_fields import Form, Solution, TechnicalField

LONGEST_TITLE = 40
"""Most titles stay below 25 characters, none exceeds 40 (guidelines for examination)."""
LONG_FEATURE = 4
MODEL_LETTERS = "ABCDEFGHJKLMNPQRSTUWXYZ"

_OF_ANY_DEVICE = (
    "一种{feature}{object}",
    "一种{scene}用{feature}{object}",
    "一种{scene}用{feature}{object}",
    "一种带有{part}的{feature}{object}",
    "一种{object}用{feature}{part}",
    "一种{feature}{object}的{part}",
    "一种{scene}用{object}的{part}",
    "一种用于{scene}的{feature}{object}",
    "一种用于{object}的{feature}{part}结构",
    "一种带有{part}的{scene}用{object}",
)
_OF_INVENTIONS = {
    Form.DEVICE: (
        *_OF_ANY_DEVICE,
        "一种{feature}{object}及其控制方法",
        "一种{scene}用{feature}{object}及其工作方法",
        "一种{object}的{part}及其调节方法",
        "一种设有{part}的{object}及使用方法",
    ),
    Form.MATERIAL: (
        "一种{feature}{object}及其制备方法",
        "一种{feature}{object}的制备方法",
        "一种{scene}用{feature}{object}及其制备方法",
        "一种{scene}用{object}的制备方法",
        "一种含{part}的{feature}{object}",
        "一种含{part}的{object}及其制备方法",
        "一种含{part}的{object}在{scene}中的应用",
        "一种{part}改性的{feature}{object}及其制备方法",
        "一种{part}与{other_part}协同的{object}及制备方法",
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
    second_solution: Solution

    @classmethod
    def draw(cls, rng: Random, field: TechnicalField) -> "Subject":
        first, second = rng.sample(field.solutions, 2)
        one, two, three = rng.sample(field.parts, 3)
        return cls(field, rng.choice(field.objects), (one, two, three), rng.choice(field.scenes), first, second)


def patent_title(rng: Random, subject: Subject, *, is_invention: bool) -> str:
    """The title of an invention, or of a utility model, which protects products only and names no method."""
    shapes = _OF_INVENTIONS[subject.field.form] if is_invention else _OF_ANY_DEVICE
    feature = subject.solution.feature
    words = {
        "feature": f"{feature}的" if len(feature) >= LONG_FEATURE else feature,
        "object": subject.object,
        "part": subject.parts[0],
        "other_part": subject.parts[1],
        "scene": subject.scene,
    }
    title = rng.choice(shapes).format_map(words).replace("的的", "的")
    return title if len(title) <= LONGEST_TITLE else f"一种{words['feature']}{subject.object}"


def design_title(rng: Random, field: TechnicalField, titles: set[str]) -> str:
    """The product's name with a model code that no other design of `titles` has; adds it there."""
    while True:
        name = rng.choice(field.design_titles)
        model = f"{rng.choice(MODEL_LETTERS)}{rng.choice(MODEL_LETTERS)}{rng.randint(10, 999)}"
        title = f"{name[:-1]} {model}）" if name.endswith("）") else f"{name}（{model}）"
        if title not in titles:
            titles.add(title)
            return title
