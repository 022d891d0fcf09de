"""Names of the official classifications (RULES section 5). Values only."""

import re

IPC_SECTIONS = {
    "A": "人类生活必需",
    "B": "作业；运输",
    "C": "化学；冶金",
    "D": "纺织；造纸",
    "E": "固定建筑物",
    "F": "机械工程；照明；加热；武器；爆破",
    "G": "物理",
    "H": "电学",
}
SEI = {
    "1": "新一代信息技术产业",
    "1.1": "下一代信息网络产业",
    "1.2": "电子核心产业",
    "1.3": "新兴软件和新型信息技术服务",
    "1.4": "互联网与云计算、大数据服务",
    "1.5": "人工智能",
    "2": "高端装备制造产业",
    "2.1": "智能制造装备产业",
    "2.2": "航空装备产业",
    "2.3": "卫星及应用产业",
    "2.4": "轨道交通装备产业",
    "2.5": "海洋工程装备产业",
    "3": "新材料产业",
    "3.1": "先进钢铁材料",
    "3.2": "先进有色金属材料",
    "3.3": "先进石化化工新材料",
    "3.4": "先进无机非金属材料",
    "3.5": "高性能纤维及制品和复合材料",
    "3.6": "前沿新材料",
    "3.7": "新材料相关服务",
    "4": "生物产业",
    "4.1": "生物医药产业",
    "4.2": "生物医学工程产业",
    "4.3": "生物农业及相关产业",
    "4.4": "生物质能产业",
    "4.5": "其他生物业",
    "5": "新能源汽车产业",
    "5.1": "新能源汽车整车制造",
    "5.2": "新能源汽车装置、配件制造",
    "5.3": "新能源汽车相关设施制造",
    "5.4": "新能源汽车相关服务",
    "6": "新能源产业",
    "6.1": "核电产业",
    "6.2": "风能产业",
    "6.3": "太阳能产业",
    "6.4": "生物质能及其他新能源产业",
    "6.5": "智能电网产业",
    "7": "节能环保产业",
    "7.1": "高效节能产业",
    "7.2": "先进环保产业",
    "7.3": "资源循环利用产业",
    "8": "数字创意产业",
    "9": "相关服务业",
}
"""战略性新兴产业分类（2018）, two levels."""
PATENT_INTENSIVE = {
    "01": "信息通信技术制造业",
    "02": "信息通信技术服务业",
    "03": "新装备制造业",
    "04": "新材料制造业",
    "05": "医药医疗产业",
    "06": "环保产业",
    "07": "研发、设计和技术服务业",
}
"""知识产权（专利）密集型产业统计分类（2019）."""

_IPC = re.compile(r"([A-H])(?:(\d{2})(?:([A-Z])(?:(\d{1,4})(?:/(\d{2,6}))?)?)?)?")


def ipc_levels(symbol: str) -> tuple[str, ...]:
    """Section, class, subclass and main group of an IPC symbol, as far as it goes; none of a Locarno class.

    "G06F16/33" is ("G", "G06", "G06F", "G06F16").
    """
    found = _IPC.match(symbol)
    if not found:
        return ()
    parts = [part for part in found.groups()[:4] if part]
    return tuple("".join(parts[: length + 1]) for length in range(len(parts)))


def ipc_prefix(written: str) -> str:
    """An IPC place as tables write it ("G06F 16/00", "G06F", "H01L*") in the form that symbols start with.

    A main group ("16/00") covers its subgroups. Empty where it is no IPC place.
    """
    text = written.upper().replace(" ", "").rstrip("*")
    if not _IPC.fullmatch(text):
        return ""
    group, _, rest = text.partition("/")
    return group if not rest.strip("0") else text


def ipc_places(symbol: str) -> tuple[str, ...]:
    """The places that a symbol lies in, the narrowest first: what a concordance is asked by."""
    levels = ipc_levels(symbol)
    return tuple(dict.fromkeys([ipc_prefix(symbol), *reversed(levels)])) if levels else ()
