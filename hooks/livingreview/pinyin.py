"""Whether a name in Latin letters is a Chinese one written in pinyin.

In goes a name, out comes yes or no. GB/T 7714-2025 gives names in pinyin in full
where it shortens others to initials. A name counts where its family name is among the
common ones and its given name is one to three syllables of standard Mandarin
(GB/T 28039-2011 writes them as one word, foreign journals also with a hyphen).
"""

from __future__ import annotations

import re
from functools import cache

from livingreview.bibliography import Name

#: The syllables of standard Mandarin without tones: the finals each initial takes.
_FINALS: dict[str, str] = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan uo v ve ue",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu ong ou u uan un uo v ve ue",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}


@cache
def _given_name() -> re.Pattern[str]:
    """Return what one to three syllables match; compiled for the first name, as many reviews have none to ask for."""
    syllables = sorted((i + f for i, finals in _FINALS.items() for f in finals.split()), key=len, reverse=True)
    return re.compile(rf"(?:(?:{'|'.join(syllables)})['’\- ]?){{1,3}}")


_SURNAMES = frozenset(
    re.findall(
        r"\w+",
        """
        ai an ao bai ban bao bi bian bo bu cai cao cen chai chang che chen cheng chi chu cui dai dang deng di
        diao ding dong dou du duan fan fang fei feng fu gan gao ge geng gong gu guan gui guo han hang hao he
        hong hou hu hua huai huang huo ji jia jian jiang jiao jin jing ju kang ke kong kuang lai lan lang lei
        leng li lian liang liao lin ling liu long lou lu luo lv lyu ma mai mao mei meng mi miao min ming mo mou
        mu ni nian nie ning niu ou ouyang pan pang pei peng pi pu qi qian qiang qiao qin qiu qu quan que ran rao
        ren rong ruan rui sang sha shan shang shao she shen sheng shi shu shui si situ song su sui sun tan tang
        tao teng tian tong tu wan wang wei wen weng wu xi xia xian xiang xiao xie xin xing xiong xu xuan xue yan
        yang yao ye yi yin ying you yu yuan yue yun zang zeng zhai zhan zhang zhao zhen zheng zhi zhong zhou zhu
        zhuang zhuge zhuo zong zou zu zuo
        """,
    )
)


def is_pinyin_name(name: Name) -> bool:
    """Whether a name is written in pinyin with its given name in full."""
    given = name.given.casefold()
    return name.family.casefold() in _SURNAMES and len(given) > 1 and bool(_given_name().fullmatch(given))
