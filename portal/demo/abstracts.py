"""Abstracts of demonstration patents: field, structure, problem, means, effect with figures."""

from random import Random

from portal.demo.technical_fields import Form, TechnicalField, draw_figures
from portal.demo.titles import Subject

SHORTEST, LONGEST = 120, 260

_OPENINGS = (
    "{claim}公开了{title}，属于{field}技术领域。",
    "{claim}涉及{field}技术领域，具体涉及{title}。",
    "{claim}属于{field}技术领域，公开了{title}。",
    "{claim}提供{title}，涉及{field}领域。",
)
_STRUCTURES = {
    Form.DEVICE: (
        "包括{one}、{two}和{three}，所述{one}与{two}相连，{three}设于二者之间。",
        "主体上设有{one}，{one}的一侧布置{two}，{two}与{three}配合工作。",
        "其中{one}、{two}和{three}沿工作方向依次布置，并由可拆卸连接件固定。",
        "包括主体，主体上安装{one}，{one}通过连接座与{two}连接，另设{three}。",
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
        "通过{one}获取多源信息，经{two}融合后送入决策单元。",
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
_CLOSINGS = (
    "适用于{scene}，结构简单，便于推广。",
    "特别适合{scene}使用，具有良好的应用前景。",
    "可在{scene}中稳定应用，综合成本低。",
    "已在{scene}开展试用，运行可靠。",
)
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
    second = rng.choice(_SECONDS).format(means=draw_figures(rng, other.means), effect=draw_figures(rng, other.effect))
    closing = rng.choice(_CLOSINGS).format(scene=subject.scene)
    return _assemble([opening, structure, core, effect], extras=(second, closing) if rng.random() < 0.4 else (closing,))


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


def _assemble(needed: list[str], extras: tuple[str, ...]) -> str:
    """The needed sentences and those extras for which there is room."""
    text = "".join(needed)
    if len(text) > LONGEST:
        text = "".join([needed[0], *needed[2:]])
    for extra in extras:
        if len(text) + len(extra) <= LONGEST:
            text += extra
    return text
