"""Roles: who speaks, and how that changes wording, mood and pace."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ..errors import BadInput
from .examples import EXAMPLES, Example
from .script import Language, Mood


@dataclass(frozen=True)
class Role:
    """A speaker. Texts are given per language.

    label: name for people. instruction: who the model is and how it talks. cue: the same in a few words, for the request itself,
    which small models heed most. listener: to whom the role speaks if the prompt names nobody. examples: worked examples of two lengths.
    marks: what a script of this role must show, each as (pattern, the fault if it is absent).
    mood: how lines are said unless their words ask for another mood. pace: speed factor of the voice, 0.85 to 1.15.
    temperature: sampling temperature of the model, 0.3 to 0.8. direct: the listener is addressed, not reported to.
    """

    label: dict[Language, str]
    instruction: dict[Language, str]
    cue: dict[Language, str]
    listener: dict[Language, str]
    examples: dict[Language, tuple[Example, ...]]
    mood: Mood
    marks: dict[Language, tuple[tuple[str, str], ...]] = field(default_factory=lambda: {"en": (), "zh": ()})
    pace: float = 1.0
    temperature: float = 0.4
    direct: bool = True


#: Chat models slip into this when they run out of things to say.
_NO_DESK = (r"(?i)\A(?!.*(?:any (?:other |further )?questions|feel free to ask|further assistance))", "talks like a help desk")

ROLES: dict[str, Role] = {
    "presenter": Role(
        {"en": "Presenter", "zh": "主持人"},
        {
            "en": "a friendly presenter who talks clearly and naturally to the viewer",
            "zh": "一位亲切自然、表达清楚的主持人",
        },
        {"en": "clear and lively", "zh": "清楚又生动"},
        {"en": "the viewers", "zh": "观众"},
        EXAMPLES["presenter"],
        "neutral",
    ),
    "news_anchor": Role(
        {"en": "News anchor", "zh": "新闻主播"},
        {
            "en": "a television news anchor: sober, factual, short declarative sentences in the third person, the most important "
            "news first, "
            "no opinion and no exclamation marks",
            "zh": "一位电视新闻主播：庄重、客观，用简短的陈述句，先说最重要的消息，不发表个人看法，不用感叹号",
        },
        {"en": "report soberly in the third person", "zh": "庄重客观地报道"},
        {"en": "the viewers", "zh": "观众"},
        EXAMPLES["news_anchor"],
        "serious",
        marks={
            "en": ((r"\A(?!.*!)", "exclaims"), (r"\A(?!.*\b(?:you|your|I|my)\b)", "talks to the viewer instead of reporting")),
            "zh": ((r"\A(?!.*！)", "exclaims"), (r"\A(?!.*(?:你|我(?!们|国|市)))", "talks to the viewer instead of reporting")),
        },
        pace=1.05,
        direct=False,
    ),
    "tour_guide": Role(
        {"en": "Tour guide", "zh": "导游"},
        {
            "en": "a lively tour guide standing at the place with the guests: says what they see, hear and smell, and invites "
            "them to look "
            "around and come along",
            "zh": "一位热情的导游，正带着游客站在现场：描述眼前的景色、声音和气味，请大家一起看、一起走",
        },
        {"en": "you stand there with the guests, let them look and listen", "zh": "你和游客就在现场，请大家看、听"},
        {"en": "the guests", "zh": "游客"},
        EXAMPLES["tour_guide"],
        "warm",
        marks={
            "en": (
                (
                    r"\b(?:[Ll]ook|[Ss]ee|[Ll]isten|[Cc]ome|[Ff]ollow|[Nn]otice|[Tt]ouch|[Ff]eel|[Ss]mell)\b",
                    "does not invite the guests to look",
                ),
            ),
            "zh": ((r"看|听|来|跟|走|闻|摸", "does not invite the guests to look"),),
        },
        pace=0.98,
        temperature=0.5,
    ),
    "customer_service": Role(
        {"en": "Customer service", "zh": "客服"},
        {
            "en": "a calm, polite customer service agent who talks to one customer: takes the concern seriously, says sorry "
            "where something "
            "went wrong, explains the next step and offers help",
            "zh": "一位耐心礼貌的客服人员，正对一位顾客说话：认真对待问题，有过失就道歉，说明下一步怎么做，并主动提供帮助",
        },
        {"en": "be polite, and say what happens next", "zh": "礼貌耐心，说明下一步怎么做"},
        {"en": "a customer", "zh": "顾客"},
        EXAMPLES["customer_service"],
        "warm",
        marks={
            "en": (
                (r"\b(?:sorry|apologi[sz]e|[Tt]hank|understand|apologies)\b", "does not take the customer seriously"),
                (r"\b[Yy]ou", "does not talk to the customer"),
                (r"\b(?:help|assist\w*|contact|let (?:me|us) know|(?:[Ww]e|I)(?: will|['’]ll| can))\b", "offers no help"),
            ),
            "zh": (
                (r"抱歉|对不起|感谢|谢谢|理解", "does not take the customer seriously"),
                (r"帮|联系|为您|解答|处理|跟进|安排|尽快|马上|我们(?:将|会)", "offers no help"),
            ),
        },
        pace=0.95,
    ),
    "teacher": Role(
        {"en": "Teacher", "zh": "老师"},
        {
            "en": "a patient teacher who begins with a question to the class and then explains one idea correctly, step "
            "by step, in simple words",
            "zh": "一位耐心的老师，先向同学们提一个问题，再用简单的话一步一步正确地讲清一个道理",
        },
        {"en": "begin with a question to the class, then explain", "zh": "先问同学们一个问题，再讲解"},
        {"en": "the class", "zh": "同学们"},
        EXAMPLES["teacher"],
        "warm",
        marks={"en": ((r"\?", "asks the class nothing"),), "zh": ((r"？", "asks the class nothing"),)},
        pace=0.92,
    ),
    "patient": Role(
        {"en": "Patient", "zh": "患者"},
        {
            "en": "a patient who sits in front of a doctor and tells in the first person what they feel, since when, and "
            "what worries them: "
            "plain, a little uneasy, no medical terms and no advice",
            "zh": "一位坐在医生面前的患者，用第一人称诉说自己哪里不舒服、从什么时候开始、担心什么：语气朴实、有些不安，不用医学术语，"
            "不给建议",
        },
        {"en": "tell the doctor what you feel and what worries you", "zh": "告诉医生你的感受和担心"},
        {"en": "the doctor", "zh": "医生"},
        EXAMPLES["patient"],
        "concerned",
        marks={
            "en": (
                (r"\b(?:I|my|My|me|I['’]m|I['’]ve)\b", "does not speak for itself"),
                (r"\A(?!.*\b(?:you (?:should|need|can)|your)\b)", "gives advice"),
                (r"\b(?:worried|worry|worries|afraid|scared|help|hope|wrong|know|can['’]t|cannot|unbearable|awful)\b", "voices no concern"),
            ),
            "zh": ((r"我", "does not speak for itself"), (r"担心|害怕|怕|帮|怎么办|难受|不安|严重|吗", "voices no concern")),
        },
        pace=0.9,
        direct=False,
    ),
    "idol": Role(
        {"en": "Idol", "zh": "偶像"},
        {
            "en": "a bubbly pop idol who talks to the fans in the first person: happy, grateful, short excited sentences, "
            "and asks the fans "
            "to join in",
            "zh": "一位元气满满的偶像，用第一人称对粉丝说话：开心、感恩、句子短而有活力，邀请粉丝一起参与",
        },
        {"en": "talk to your fans with joy", "zh": "开心地对粉丝说话"},
        {"en": "the fans", "zh": "粉丝"},
        EXAMPLES["idol"],
        "excited",
        marks={
            "en": (
                (r"!", "is not excited"),
                _NO_DESK,
                (r"\b(?:I|my|My|me|I['’]m|I['’]ve)\b", "does not speak for itself"),
                (r"\b[Yy]ou", "does not talk to the fans"),
            ),
            "zh": ((r"！", "is not excited"), (r"我", "does not speak for itself"), (r"你|大家", "does not talk to the fans")),
        },
        pace=1.1,
        temperature=0.5,
    ),
    "game_character": Role(
        {"en": "Game character", "zh": "游戏角色"},
        {
            "en": "a character inside a fantasy game who warns or sends out the player, calls the player traveller or hero, "
            "and never leaves the "
            "game world: dramatic and old-fashioned",
            "zh": "一位奇幻游戏里的角色，始终身处游戏世界，把玩家称作旅人或勇者：语气戏剧化、古风、充满画面感",
        },
        {"en": "speak to the player, the brave traveller", "zh": "对玩家这位勇敢的旅人说话"},
        {"en": "the player", "zh": "玩家"},
        EXAMPLES["game_character"],
        "serious",
        marks={
            "en": (
                (r"\b[Yy]ou", "does not talk to the player"),
                (
                    r"(?i)\b(?:travell?er|hero|heroes|brave|warrior|adventurer|stranger|wanderer|champion|knight|friend|seeker)s?\b",
                    "leaves the game",
                ),
            ),
            "zh": ((r"你|旅人|勇者|勇士|冒险者|英雄", "does not talk to the player"),),
        },
        pace=0.96,
        temperature=0.5,
    ),
}


def find_role(name: str) -> Role:
    """The role called ``name``; case, spaces, hyphens and underscores do not matter. Raises `BadInput` if there is none."""
    key = re.sub(r"[\s_-]+", "_", name.strip().casefold())
    if key not in ROLES:
        raise BadInput(f"There is no role {name!r}: choose one of {', '.join(ROLES)}.")
    return ROLES[key]
