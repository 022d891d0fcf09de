"""Invented names of people, made of characters that are rare in given names."""

from random import Random

_SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕张孔曹严金魏陶姜谢邹章苏潘葛范彭鲁韦马苗方任袁柳史唐薛雷贺倪汤"
_FIRST = "砚澈屿翮昀洵禾溯珩筠桓岫稷旸砺泊垚牧舟翊"
_SECOND = "溪川岚朗岑崧衡榆霁棠徽远乔朔青松原野舒陌"


def person_name(rng: Random) -> str:
    """A surname and a given name of two characters."""
    return rng.choice(_SURNAMES) + rng.choice(_FIRST) + rng.choice(_SECOND)


def person_names(rng: Random, count: int) -> tuple[str, ...]:
    """So many different names."""
    names: dict[str, None] = {}
    while len(names) < count:
        names[person_name(rng)] = None
    return tuple(names)
