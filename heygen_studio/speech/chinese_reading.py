"""How a Mandarin speaker reads what is written in digits, symbols and Latin marks: "39.95元" -> 三十九点九五元."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import cn2an

Reading = Callable[[re.Match[str]], str]

DIGITS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))

#: Longer numbers are read digit by digit.
MAX_COUNTED_DIGITS = 15

#: Two of these is 两, not 二 (2月, 2号, 2楼 and 第2 keep 二).
_MEASURES = (
    "个|只|条|张|本|位|名|件|辆|台|次|种|家|斤|公斤|千克|克|米|公里|千米|厘米|毫米|小时|分钟|秒|天|周|年(?!级)|岁|倍|元|块|美元|欧元|英镑|港元|人|"
    "千|万|亿|杯|瓶|份|座|棵|头|匹|双|对|套|间|层|场|部|句|段|篇|页|步|点|碗|箱|包|袋|颗|粒|支|枝|根|把|架|艘|列|节|门|项|类|"
    "批|组|群|队|排|片|块|朵|封|首|顿|遍|趟|回|星期|国|地|者|吨|升|毫升|平方|立方|英里|英尺|磅|度|口|滴|大|岸|侧|边|端"
)

_UNITS = {
    "km/h": "公里每小时", "m/s": "米每秒", "kWh": "千瓦时", "km²": "平方公里", "km2": "平方公里", "m²": "平方米", "m2": "平方米",
    "㎡": "平方米", "cm²": "平方厘米", "m³": "立方米", "m3": "立方米", "km": "公里", "kg": "公斤", "cm": "厘米", "mm": "毫米",
    "nm": "纳米", "μm": "微米", "mg": "毫克", "ml": "毫升", "mL": "毫升", "min": "分钟", "ms": "毫秒", "kW": "千瓦", "MW": "兆瓦",
    "kHz": "千赫兹", "MHz": "兆赫兹", "GHz": "吉赫兹", "Hz": "赫兹", "kPa": "千帕", "hPa": "百帕", "dB": "分贝", "ha": "公顷",
    "kcal": "千卡", "mph": "英里每小时", "fps": "帧每秒", "px": "像素", "h": "小时", "s": "秒", "m": "米", "g": "克", "t": "吨",
    "L": "升", "l": "升", "W": "瓦", "V": "伏", "x": "倍", "℃": "摄氏度", "°C": "摄氏度", "℉": "华氏度", "°F": "华氏度", "°": "度",
}  # fmt: skip

_MONEY = {
    "¥": "元", "￥": "元", "RMB": "元", "CNY": "元", "$": "美元", "US$": "美元", "USD": "美元", "HK$": "港元", "NT$": "新台币",
    "€": "欧元", "EUR": "欧元", "£": "英镑", "GBP": "英镑", "₩": "韩元",
}  # fmt: skip

_SYMBOLS = {
    "+": "加", "=": "等于", "×": "乘", "÷": "除以", "<": "小于", ">": "大于", "≤": "小于等于", "≥": "大于等于", "≈": "约等于",
    "±": "正负", "&": "和", "%": "百分号", "‰": "千分号", "#": "井号", "@": "艾特", "°": "度", "℃": "摄氏度", "℉": "华氏度",
    "$": "美元", "¥": "元", "￥": "元", "€": "欧元", "£": "英镑", "₩": "韩元", "√": "根号", "π": "派", "²": "平方", "³": "立方",
}  # fmt: skip

#: Marks inside an address.
_MARKS = {"@": "艾特", ".": "点", "/": "斜杠", "-": "杠", "_": "下划线", ":": "冒号", "#": "井号", "?": "问号", "=": "等于", "&": "和",
          "+": "加", "%": "百分号", "~": "波浪号"}  # fmt: skip

_NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
_DASH = r"\s?(?:[-–—~～]|至|到)\s?"
_MINUS = r"(?<![0-9A-Za-z年月日.)\]%-])[-−]"
_CODE_AFTER = re.compile(
    r"(?:编号|号码|验证码|密码|邮编|邮政编码|房间号?|房号|学号|卡号|单号|代码|代号|航班|车次|尾号|门牌|账号|工号|热线|电话|拨打|致电|手机)(?:是|为|：|:|\s)*$"
)


def _either(words: dict[str, str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def spell(digits: str, one: str = "一") -> str:
    """Digit by digit. one: "幺" in telephone numbers."""
    return "".join(one if digit == "1" else DIGITS[digit] for digit in digits if digit in DIGITS)


def count(number: str) -> str:
    """A number as a quantity: "12,345.60" -> 一万二千三百四十五点六零. "007" and numbers of more than 15 digits are spelt."""
    whole, _, decimals = number.replace(",", "").partition(".")
    if len(whole) > MAX_COUNTED_DIGITS or (len(whole) > 1 and whole.startswith("0")):
        spoken = spell(whole)
    else:
        spoken = re.sub(r"(?:^|(?<=[万亿]))二(?=[千万亿])", "两", cn2an.an2cn(whole, "low"))
    return f"{spoken}点{spell(decimals)}" if decimals else spoken


def amount(number: str, unit: str) -> str:
    """A number of things: 两 for two."""
    return ("两" if number == "2" else count(number)) + unit


def _address(match: re.Match[str]) -> str:
    text = re.sub(r"^https?://", "", match[0])
    parts = re.findall(r"[A-Za-z]+|[0-9]|[^A-Za-z0-9]", text)
    return " ".join(_MARKS.get(part, DIGITS.get(part, part)) for part in parts)


def _date(match: re.Match[str]) -> str:
    return f"{spell(match[1])}年{count(str(int(match[3])))}月{count(str(int(match[4])))}日"


def _digits(match: re.Match[str]) -> str:
    return spell(match[0])


def _clock(match: re.Match[str]) -> str:
    hour, minute, second, half = match.groups()
    spoken = {"a": "上午", "p": "下午"}.get((half or " ").strip()[:1].lower(), "") + amount(str(int(hour)), "点")
    if int(minute) or second:
        spoken += f"{'零' if 0 < int(minute) < 10 else ''}{count(str(int(minute)))}分"
    return f"{spoken}{count(str(int(second)))}秒" if second else spoken


def _telephone(match: re.Match[str]) -> str:
    plus = "加" if match[0].startswith("+") else ""
    return plus + "，".join(spell(group, "幺") for group in re.findall("[0-9]+", match[0]))


def _code(match: re.Match[str]) -> str:
    return spell(match[0], "幺")


def _money(match: re.Match[str]) -> str:
    sign, coin, low, low_big, value, big = match.groups()
    start = amount(low, low_big or "") + "到" if low else ""
    return ("负" if sign else "") + start + amount(value, (big or "") + _MONEY[coin.upper()])


def _percent(match: re.Match[str]) -> str:
    sign, low, value, mark = match.groups()
    of = "千分之" if mark == "‰" else "百分之"
    return ("负" if sign else "") + (f"{of}{count(low)}到" if low else "") + of + count(value)


def _measure(match: re.Match[str]) -> str:
    low_sign, low, sign, value, unit = match.groups()
    spoken = _UNITS[unit]
    below = "零下" if "度" in spoken else "负"
    if low:
        return f"{below if low_sign else ''}{count(low)}到{below if sign else ''}{count(value)}{spoken}"
    return below + count(value) + spoken if low_sign or sign else amount(value, spoken)


def _fraction(match: re.Match[str]) -> str:
    return f"{count(match[2])}分之{count(match[1])}"


def _vulgar(match: re.Match[str]) -> str:
    above, below = unicodedata.normalize("NFKC", match[2]).split("⁄")
    return f"{count(match[1]) + '又' if match[1] else ''}{count(below)}分之{count(above or '1')}"


def _ratio(match: re.Match[str]) -> str:
    return f"{count(match[1])}比{count(match[2])}"


def _range(match: re.Match[str]) -> str:
    return f"{count(match[1])}到{count(match[2])}"


def _chain(match: re.Match[str]) -> str:
    """Numbers joined by points (3.11.2) or dashes (2026-99-1) that are neither a decimal nor a date."""
    mark = "点" if "." in match[0] else "杠"
    return mark.join(spell(group) for group in re.findall("[0-9]+", match[0]))


def _model(match: re.Match[str]) -> str:
    """The number in a name (GPT4, A320): short ones are counted, long ones spelt."""
    return count(match[0]) if len(match[0]) <= 2 or "." in match[0] else spell(match[0])


def _number(match: re.Match[str]) -> str:
    return ("负" if match[1] else "") + count(match[2])


def _symbol(match: re.Match[str]) -> str:
    return _SYMBOLS[match[0]]


def _is_code(text: str, position: int) -> bool:
    return _CODE_AFTER.search(text[max(0, position - 12) : position]) is not None


#: The first rule that matches at a position reads the text there.
_RULES: tuple[tuple[re.Pattern[str], Reading], ...] = tuple(
    (re.compile(pattern, re.ASCII), reading)
    for pattern, reading in (
        (r"https?://[\w./:?=&%#~+-]*[\w/]|www\.[\w./:?=&%#~+-]*[\w/]|[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", _address),
        (r"(?<![\w.@])[A-Za-z][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)*\.(?:com|cn|org|net|io|ai|edu|gov)(?:/[\w./-]*\w)?(?![A-Za-z])", _address),
        (r"([0-9]{4})([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12][0-9]|3[01])(?![0-9.])", _date),
        (r"(?:1[0-9]|20|21)[0-9]{2}(?=\s?年(?![前来间]|以[来前]|之?后|历史))|[0-9]{2}(?=年[0-9]{1,2}月)", _digits),
        (
            r"(?:\+?86[- ]?)?1[3-9][0-9][- ]?[0-9]{4}[- ]?[0-9]{4}(?![0-9])|0[0-9]{2,3}-[0-9]{7,8}(?![0-9])"
            r"|[48]00-[0-9]{3,4}-[0-9]{3,4}(?![0-9])|\+[0-9]{1,3}(?:[- ][0-9]{2,})+",
            _telephone,
        ),
        (r"([01]?[0-9]|2[0-4])[:：]([0-5][0-9])(?:[:：]([0-5][0-9]))?(?![0-9])(\s?[aApP]\.?[mM]\b\.?)?", _clock),
        (
            rf"(?i:({_MINUS})?({_either(_MONEY)})\s?(?:({_NUMBER})([百千]?[万亿]|[百千])?{_DASH})?({_NUMBER})([百千]?[万亿]|[百千])?)",
            _money,
        ),
        (rf"({_MINUS})?(?:({_NUMBER})[%％‰]?{_DASH})?({_NUMBER})\s?([%％‰])", _percent),
        (rf"({_MINUS})?(?:({_NUMBER})(?:℃|°C|°)?{_DASH})?([-−])?({_NUMBER})\s?({_either(_UNITS)})(?![A-Za-z0-9])", _measure),
        (r"([0-9]{1,4})/([0-9]{1,4})(?![0-9/.])", _fraction),
        (r"([0-9]*)([¼½¾⅐-⅟])", _vulgar),
        (r"([0-9]+)[:：]([0-9]+)(?![0-9:：])", _ratio),
        (r"[0-9]+(?:\.[0-9]+){2,}|[0-9]+(?:-[0-9]+){2,}", _chain),
        (rf"({_NUMBER}){_DASH}({_NUMBER})(?![0-9A-Za-z.:：-]|\s?=)", _range),
        (r"(?<=[0-9])\s?[-–—~～]\s?(?=[0-9]{1,2}[:：])", lambda match: "到"),
        (r"(?<=[0-9])\s?[-−]\s?(?=[0-9])", lambda match: "减"),
        (r"(?<=[0-9])\s?[xX*]\s?(?=[0-9])", lambda match: "乘"),
        (r"(?<=[A-Za-z])-(?=[0-9])", lambda match: " "),
        (r"(?:(?<=[A-Za-z])|(?<=[A-Za-z]-))(?<![0-9][xX])[0-9]+(?:\.[0-9]+)?", _model),
        (rf"(?<!第)2(?=\s?(?:{_MEASURES}))", lambda match: "两"),
        (rf"({_MINUS})?({_NUMBER})", _number),
        (_either(_SYMBOLS), _symbol),
    )
)  # fmt: skip

#: Where a reading can begin: everything but Chinese characters, spaces and ordinary punctuation.
_PLAIN = re.compile(
    r"[\u3400-\u9fff\s，。！？、；：“”‘’（）《》…!?,;()]+|(?!(?i:RMB|CNY|USD|EUR|GBP)\s?[0-9])[A-Za-z]+(?![\w.@$+:/-])", re.ASCII
)
_CODE = re.compile(r"[0-9]+(?![0-9]*[-.,:/%])")
#: Full-width forms that stand for ASCII ones; Chinese punctuation stays.
_HALF_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F) if chr(code).isalnum() or chr(code) in "$%&+-./=@~"}


def _plain_digits(text: str) -> str:
    """The same text, character by character, with ASCII digits and letters for full-width and foreign ones."""
    text = text.translate(_HALF_WIDTH)
    return "".join(character if character.isascii() else _ascii_digit(character) for character in text)


def _ascii_digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)


def readings(text: str) -> Iterator[tuple[str, str]]:
    """The text in pieces (written, spoken): pieces in digits, symbols or addresses as they are read, the rest unchanged.
    The written pieces joined are the text."""
    plain = _plain_digits(text)
    start = position = 0
    while position < len(plain):
        skipped = _PLAIN.match(plain, position)
        if skipped:
            position = skipped.end()
            continue
        found = _read_at(plain, position)
        if found is None:
            position += 1
            continue
        end, spoken = found
        if start < position:
            yield text[start:position], plain[start:position]
        yield text[position:end], spoken
        start = position = end
    if start < len(text):
        yield text[start:], plain[start:]


def _read_at(text: str, position: int) -> tuple[int, str] | None:
    """Where the piece that begins at ``position`` ends, and how it is read; None if it is read as it stands."""
    if text[position].isascii() and text[position].isdigit() and _is_code(text, position):
        code = _CODE.match(text, position)
        if code:
            return code.end(), _code(code)
    for pattern, reading in _RULES:
        match = pattern.match(text, position)
        if match and match.end() > position:
            return match.end(), reading(match)
    numeral = unicodedata.numeric(text[position], None)  # ①, Ⅳ: a number in any other script
    return None if numeral is None else (position + 1, count(f"{abs(numeral):.0f}"))
