"""Believable needs of firms: some are answered by the demonstration patents, some are not."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from portal.demo.chance import stream
from portal.demo.technical_fields import (
    Form,
    TechnicalField,
    draw_figures,
    fields_without_patents,
    technical_fields,
)
from portal.demo.titles import Subject, adjective

SHARE_WITHOUT_PATENTS = 0.15
WAYS = ("transfer", "licence", "investment", "development", "any")
"""As `demand.enums.CooperationWay` codes them."""

_TITLES = {
    Form.DEVICE: ("{object}技术改造", "{feature}{object}研制", "{scene}用{feature}{object}"),
    Form.MATERIAL: ("{feature}{object}配方与工艺", "{scene}用{object}性能提升", "{scene}所需{feature}{object}"),
    Form.PROCESS: ("{feature}{object}工艺", "{object}工艺改进", "面向{scene}的{object}技术"),
    Form.SYSTEM: ("{scene}{object}系统建设", "{feature}{object}算法", "面向{scene}的{object}技术"),
}
_SITUATIONS = {
    Form.DEVICE: "我公司主要生产{object}，年产{output}台（套），产品用于{scene}。",
    Form.MATERIAL: "我公司主要生产{object}，年产能{output}吨，客户集中在{scene}。",
    Form.PROCESS: "我公司从事{object}业务，面向{scene}，年产值约{output}万元。",
    Form.SYSTEM: "我公司为{scene}提供服务，目前正在推进{object}，已接入{output}个测点。",
}
_PROBLEMS = (
    "现阶段主要问题是{problem}，客户投诉较多，亟需解决。",
    "试产中发现{problem}，自行攻关两年未能突破。",
    "与同行先进水平相比，{problem}，影响订单交付。",
)
_WISHES = (
    "希望引进成熟技术，尤其是与{part}有关的专利成果。",
    "希望与高校院所对接，取得{object}方向的专利许可或转让。",
    "愿意提供中试条件，对{part}进行针对性改进。",
)
_CONSTRAINTS = (
    "改造不得停产超过{days}天；现有场地和公用工程不变。",
    "单位成本增加不超过{percent}%；主要原材料须能在国内采购。",
    "须符合现行国家标准和安全环保要求；设备投资不超过预算的{share}%。",
    "不使用受出口管制的部件；交付后提供{months}个月技术支持。",
)


@dataclass(frozen=True, slots=True)
class NeedText:
    """One invented need of a firm."""

    title: str
    description: str
    object: str
    target_figures: str
    constraints: str
    industry_code: str
    industry_name: str
    budget_amount: Decimal
    """Yuan."""
    months: int
    cooperation_way: str
    field_key: str
    has_patents: bool
    """Whether demonstration patents are made in its field at all."""


def need_texts(count: int, seed: int, field_keys: tuple[str, ...] = ()) -> Iterator[NeedText]:
    """`count` needs, the same for the same arguments.

    With `field_keys`, the n-th need is in the n-th of these fields (then again from the first); without, a share of
    SHARE_WITHOUT_PATENTS is in fields that no demonstration patent answers.
    """
    rng = stream(seed, "needs")
    fields = {field.key: field for field in (*technical_fields(), *fields_without_patents())}
    for index in range(count):
        if field_keys:
            field = fields[field_keys[index % len(field_keys)]]
        else:
            unanswered = rng.random() < SHARE_WITHOUT_PATENTS
            field = rng.choice(fields_without_patents() if unanswered else technical_fields())
        yield _need(rng, field)


def _need(rng: Random, field: TechnicalField) -> NeedText:
    subject = Subject.draw(rng, field)
    words = {
        "object": subject.object,
        "feature": adjective(subject.solution.feature),
        "problem": subject.solution.problem,
        "part": subject.parts[0],
        "scene": subject.scene,
        "output": str(rng.randint(3, 90) * 100),
    }
    sentences = (_SITUATIONS[field.form], rng.choice(_PROBLEMS), rng.choice(_WISHES))
    return NeedText(
        title=rng.choice(_TITLES[field.form]).format_map(words),
        description="".join(sentences).format_map(words),
        object=subject.object,
        target_figures=_targets(rng, subject),
        constraints=rng.choice(_CONSTRAINTS).format(
            days=rng.randint(3, 15), percent=rng.randint(5, 15), share=rng.randint(50, 80), months=rng.choice((12, 24))
        ),
        industry_code=field.industry_code,
        industry_name=field.name,
        budget_amount=Decimal(rng.choice((10, 15, 20, 30, 50, 80, 100, 150, 200, 300)) * 10_000),
        months=rng.choice((6, 9, 12, 18, 24)),
        cooperation_way=rng.choice(WAYS),
        field_key=field.key,
        has_patents=field in technical_fields(),
    )


def _targets(rng: Random, subject: Subject) -> str:
    wanted = [solution for solution in (subject.solution, subject.second_solution) if solution]
    return "；".join(draw_figures(rng, solution.effect) for solution in wanted)
