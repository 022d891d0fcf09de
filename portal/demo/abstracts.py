"""Abstracts of demonstration patents: field, structure, problem, means, effect with figures."""

from random import Random

from portal.demo.technical_fields import Form, TechnicalField, draw_figures
from portal.demo.titles import Subject

SHORTEST, LONGEST = 120, 260
SHARE_WITH_SECOND_SOLUTION = 0.4

_OPENINGS = (
    "{claim}公开了{title}，属于{field}技术领域。",
    "{claim}涉及{field}技术领域，具体涉及{title}。",
    "{claim}属于{field}技术领域，公开了{title}。",
    "{claim}提供{title}，涉及{field}领域。",
)
_STRUCTURES = {
    Form.DEVICE: (
        "包括{one}、{two}和{three}，所述{one}与{two}配合连接。",
        "主要由{one}、{two}和{three}组成，其中{one}可拆卸安装。",
        "其上设有{one}，并配置{two}与{three}，便于检修和更换。",
        "对{one}进行改进，使其与{two}、{three}协同工作。",
    ),
    Form.MATERIAL: (
        "按质量份计，包括基料100份、{one}{2-15}份、{two}{1-9}份和助剂{1-4}份。",
        "以{one}为主要功能组分，配合{two}和{three}，经预混、均化和后处理制得。",
        "组分中{one}的质量分数为{3-18}%，并含有{two}与{three}。",
        "制备时先将{one}与{two}预混{15-60} min，再加入{three}并均化。",
    ),
    Form.PROCESS: (
        "该方法依次包括预处理、{one}、{two}和后处理步骤。",
        "以{one}为核心工序，并与{two}串联，中间设置{three}。",
        "先进行{one}，再以{two}强化，最后经检测合格后出料。",
        "将{one}和{two}组合使用，并根据在线检测结果调整{three}。",
    ),
    Form.SYSTEM: (
        "首先采集现场数据并预处理，再利用{one}提取特征，由{two}完成判定。",
        "包括数据采集模块、{one}模块和输出模块，并引入{two}提高稳健性。",
        "以{one}处理多源数据，并经{two}校正后送入决策单元。",
        "以{one}建立基础模型，利用{two}在线修正，并将结果推送至管理终端。",
    ),
}
_CORES = (
    "针对{problem}的问题，{means}。",
    "为解决{problem}的技术问题，{means}。",
    "现有技术中{problem}，为此{means}。",
    "{means}，解决了{problem}的问题。",
)
_EFFECTS = (
    "经试验，{effect}。",
    "与现有技术相比，{effect}。",
    "应用结果表明，{effect}。",
    "采用上述技术方案后，{effect}。",
)
_SECONDS = ("同时，{means}，{effect}。", "进一步地，{means}，使{effect}。", "此外，{means}；{effect}。")
_CLOSINGS = {
    Form.DEVICE: ("适用于{scene}，结构简单，便于推广。", "可用于{scene}，维护方便，运行可靠。"),
    Form.MATERIAL: ("适用于{scene}等场合，原料易得。", "面向{scene}具有良好的应用前景。"),
    Form.PROCESS: ("适用于{scene}，工艺稳定，易于放大。", "面向{scene}，综合成本低，便于推广。"),
    Form.SYSTEM: ("适用于{scene}，部署方便，运行可靠。", "已面向{scene}开展试用，结果稳定。"),
}
_DESIGN = (
    "1．本外观设计产品的名称：{title}。2．本外观设计产品的用途：用于{field}领域，{use}。"
    "3．本外观设计产品的设计要点：在于{point}。4．最能表明设计要点的图片或照片：{view}。"
    "5．{omitted}。"
)
_USES = ("供生产和日常作业使用", "供终端用户直接使用", "用于产品的展示、流通和使用", "与配套设备组合使用")
_POINTS = ("产品的形状", "产品的形状与图案的结合", "产品的形状、图案及其与色彩的结合", "产品正面轮廓与曲面过渡的形状")
_VIEWS = ("立体图", "主视图", "立体图1", "使用状态参考图")
_OMITTED = (
    "左视图与右视图对称，省略左视图；仰视图不常见，省略仰视图",
    "后视图无设计要点，省略后视图；各视图比例一致",
    "仰视图为使用时不可见的部位，省略仰视图；请求保护的外观设计不包含色彩",
)


def patent_abstract(rng: Random, title: str, subject: Subject, *, is_invention: bool) -> str:
    """An abstract of 120 to 260 characters; the means and effect are those of the title's feature."""
    form = subject.field.form if is_invention else Form.DEVICE
    solution, other = subject.solution, subject.second_solution
    opening = rng.choice(_OPENINGS).format(
        claim="本发明" if is_invention else "本实用新型", title=title, field=subject.field.name
    )
    one, two, three = subject.parts
    structure = draw_figures(rng, rng.choice(_STRUCTURES[form])).format(one=one, two=two, three=three)
    core = rng.choice(_CORES).format(problem=solution.problem, means=draw_figures(rng, solution.means))
    effect = rng.choice(_EFFECTS).format(effect=draw_figures(rng, solution.effect))
    extras = [rng.choice(_CLOSINGS[subject.field.form]).format(scene=subject.scene)]
    if other is not None and rng.random() < SHARE_WITH_SECOND_SOLUTION:
        means, further_effect = draw_figures(rng, other.means), draw_figures(rng, other.effect)
        extras.insert(0, rng.choice(_SECONDS).format(means=means, effect=further_effect))
    return _assemble([opening, structure, core, effect], extras=extras)


def design_abstract(rng: Random, title: str, field: TechnicalField) -> str:
    """The five points of a design's brief explanation."""
    return _DESIGN.format(
        title=title,
        field=field.name,
        use=rng.choice(_USES),
        point=rng.choice(_POINTS),
        view=rng.choice(_VIEWS),
        omitted=rng.choice(_OMITTED),
    )


def _assemble(needed: list[str], extras: list[str]) -> str:
    """The needed sentences and those extras for which there is room."""
    text = "".join(needed)
    if len(text) > LONGEST:
        text = "".join([needed[0], *needed[2:]])
    for extra in extras:
        if len(text) + len(extra) <= LONGEST:
            text += extra
    return text
