"""One name, many spellings: a key that Cyrillic and its Latin renderings share, and typing errors.

The key is coarse on purpose. ISO 9, BGN/PCGN, passports and newspapers write one Russian name in
several ways, and a reader should not have to know which of them the record uses.
"""

import re
import unicodedata

WORD = re.compile(r"[^\W\d_]+(?:['’ʹʺʼ`][^\W\d_]+)*")

_CYRILLIC = str.maketrans(
    {
        **dict(zip("абвгдезиклмнопрстуф", "abvgdeziklmnoprstuf", strict=True)),
        **dict(zip("ёжйхцчшщыэіїєґ", "ežihcčššieiieg", strict=True)),
        "ю": "iu",
        "я": "ia",
        "ъ": "",
        "ь": "",
        **dict(zip("әғқңөұүһ", "agknouuh", strict=True)),  # Kazakh and Kyrgyz names
    }
)
# ISO 9:1995 has one accented letter for each letter.
_ISO_9 = str.maketrans({"ŝ": "š", "û": "iu", "â": "ia", "è": "e", "ë": "e", "ĵ": "i"})
_SIGNS = str.maketrans("", "", "'’ʹʺʼ`")
_LATIN = [
    (re.compile(pattern), letter)
    for pattern, letter in (
        ("shch|šč|sch", "š"),
        ("sh", "š"),
        ("zh", "ž"),
        ("ch", "č"),
        ("kh", "h"),
        ("ph", "f"),
        ("th", "t"),
        ("x", "ks"),
        ("ts|tz", "ц"),
        ("ck", "k"),
        ("c(?![eiy])", "k"),
        ("ц", "c"),
        ("w", "v"),
        ("q", "k"),
        ("[yj]o", "e"),
        ("[yj]", "i"),
    )
]
_SAME = [(re.compile("i+([aeu])"), r"\1"), (re.compile(r"(.)\1+"), r"\1")]

_QWERTY = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_JCUKEN = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_LAYOUTS = (
    str.maketrans(_QWERTY, _JCUKEN),
    str.maketrans(_JCUKEN, _QWERTY),
)


def key(word: str) -> str:
    """What all spellings of a name have in common: `Рубеж`, `Rubezh` and `Rubež` give one key."""
    text = unicodedata.normalize("NFC", word.casefold()).translate(_SIGNS)
    if is_cyrillic(text):
        text = text.translate(_CYRILLIC)
    else:
        text = text.translate(_ISO_9)
        for pattern, letter in _LATIN:
            text = pattern.sub(letter, text)
    for pattern, letter in _SAME:
        text = pattern.sub(letter, text)
    return text


def is_cyrillic(text: str) -> bool:
    """Whether a text has a letter of the Cyrillic block."""
    return any("Ѐ" <= letter <= "ӿ" for letter in text)


def other_layout(text: str) -> str:
    """The text as the same keys give it under the other layout of the keyboard."""
    return text.translate(_LAYOUTS[1] if is_cyrillic(text) else _LAYOUTS[0])


def slips(one: str, other: str, most: int) -> int:
    """Letters left out, added, replaced or swapped with their neighbour; most + 1 if more.

    The optimal string alignment distance, given up as soon as a row exceeds `most`.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        previous, row = row, [i]
        for j, its in enumerate(other, 1):
            cost = min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(previous) > most:
            return most + 1
        before = previous
    return min(row[-1], most + 1)
