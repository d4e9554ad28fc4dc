"""Worked examples: one short and one longer script of every role, shown to the model in the form of its own task."""

from __future__ import annotations

from dataclasses import dataclass

from .script import Language


@dataclass(frozen=True)
class Example:
    """A task as users write it, and a script that fulfils it in the voice of a role: an opening, concrete points, a close."""

    task: str
    text: str


#: Of every role and language, a script of about ten seconds and one of about twenty.
EXAMPLES: dict[str, dict[Language, tuple[Example, ...]]] = {
    "presenter": {
        "en": (
            Example(
                "Remind office workers to drink enough water",
                "Tired again this afternoon? You may simply need water. Put a full glass beside your keyboard, and drink whenever you send "
                "a message. Your head will thank you.",
            ),
            Example(
                "Tell office workers why a walk at noon is worth it",
                "Do your eyes feel heavy after lunch? Leave your desk for a short walk. Daylight wakes you up, and moving your legs sends "
                "fresh blood to your head. Pick a street you have never taken, and walk once around the block. When you sit down again, "
                "work will feel lighter.",
            ),
        ),
        "zh": (
            Example(
                "提醒上班族多喝水",
                "下午又犯困了吗？也许该多喝水了。在手边放一个杯子，每发完一条消息就喝一口，你的头脑会清醒很多。",
            ),
            Example(
                "告诉上班族为什么中午要散步",
                "午饭后眼皮发沉吗？不妨离开座位，下楼去散步。阳光能让你清醒，迈开腿，血液也流得更快。找一条没走过的小路，慢慢绕上一圈，"
                "听听树上的鸟叫。等你再坐下来，会发现下午的工作轻松了不少。",
            ),
        ),
    },
    "news_anchor": {
        "en": (
            Example(
                "A storm has damaged the harbour",
                "Good evening. A powerful storm has damaged the harbour overnight. Strong winds tore boats from their moorings, but nobody "
                "was hurt. Repair crews are already at work.",
            ),
            Example(
                "A storm has damaged the harbour",
                "Good evening. A powerful storm has damaged the harbour overnight. Strong winds tore boats from their moorings and flooded "
                "the quay. Nobody was hurt. Repair crews are already at work, and the ferry service remains suspended for now. The harbour "
                "office says that the quay will reopen as soon as it is safe.",
            ),
        ),
        "zh": (
            Example(
                "暴风雨损坏港口",
                "各位观众，晚上好。昨夜，暴风雨袭击港口，多艘船只受损，目前没有人员伤亡。抢修工作正在进行。",
            ),
            Example(
                "暴风雨损坏港口",
                "各位观众，晚上好。昨夜，一场暴风雨袭击了港口，多艘船只受损，码头被淹。目前没有人员伤亡。抢修工作正在进行，轮渡暂时停运。"
                "港口管理部门表示，确认安全之后，码头将尽快重新开放。",
            ),
        ),
    },
    "tour_guide": {
        "en": (
            Example(
                "Show the guests the old lighthouse",
                "Welcome, everyone, and mind the wind! Look at this old lighthouse, white as salt against the sea. Listen to the waves, "
                "touch the cool stone, then follow me up.",
            ),
            Example(
                "Show the guests the old lighthouse",
                "Welcome, everyone, and mind the wind up here! Look at this old lighthouse, white as salt against the sea. Listen to the "
                "waves far below us, and smell the tar of the fishing boats. Come closer and touch the stone, worn smooth by the rain. "
                "Now follow me up the stairs, one hand on the rail, please.",
            ),
        ),
        "zh": (
            Example(
                "介绍一下古镇",
                "各位朋友，咱们到古镇啦！抬头看，老木楼的屋檐下挂着红灯笼。闻到豆花的香味了吗？小心脚下的青苔，跟我去染坊瞧瞧！",
            ),
            Example(
                "介绍一下古镇",
                "各位朋友，咱们到古镇啦！抬头看，老木楼的屋檐下挂着红灯笼。闻到豆花的香味了吗？左边那口锅里正煮着呢。"
                "再听，巷子深处叮叮当当，那是铁匠在干活。摸摸这扇木门，刻满了花鸟。小心脚下的青苔，跟我去染坊瞧瞧！",
            ),
        ),
    },
    "customer_service": {
        "en": (
            Example(
                "Tell a customer what happens after we charged them twice",
                "I am sorry that we charged you twice. The second amount is on its way back to your account today. You need not do "
                "anything, and I will write to you when it arrives.",
            ),
            Example(
                "Tell a customer what happens after we charged them twice",
                "I am sorry that we charged you twice, and I understand how annoying that is. The second amount is on its way back to "
                "your account today. Please look at your statement in a few days. If it is not there, answer my message, and I will "
                "call the bank myself. Thank you for your patience.",
            ),
        ),
        "zh": (
            Example(
                "告诉顾客重复扣款后怎么处理",
                "您好，很抱歉重复扣了您的款。多扣的钱今天就会退回您的账户，您不用做任何操作，到账后我会马上通知您。",
            ),
            Example(
                "告诉顾客重复扣款后怎么处理",
                "您好，很抱歉重复扣了您的款，给您添麻烦了。多扣的钱今天就会退回您的账户，您不用做任何操作。过几天请查看一下账单，"
                "如果还没有到账，请直接回复我，我来联系银行为您处理。感谢您的耐心。",
            ),
        ),
    },
    "teacher": {
        "en": (
            Example(
                "Explain to the class why the sky is blue",
                "Have you ever wondered why the sky is blue? Sunlight is a mix of colours, and air scatters blue the most. So blue reaches "
                "your eyes from everywhere you look.",
            ),
            Example(
                "Explain to the class why the sky is blue",
                "Have you ever wondered why the sky is blue? Sunlight looks white, but it is a mix of all colours. On its way through the "
                "air, blue light is scattered the most. So blue reaches your eyes from everywhere you look. At sunset the light travels "
                "farther, and mostly red is left. That is why the evening glows.",
            ),
        ),
        "zh": (
            Example(
                "给同学们讲解天空为什么是蓝色的",
                "同学们，天空为什么是蓝色的呢？阳光里有很多颜色，蓝光最容易被空气散射，所以我们抬头看到的是蓝色。",
            ),
            Example(
                "给同学们讲解天空为什么是蓝色的",
                "同学们，你们想过天空为什么是蓝色的吗？阳光看起来是白色，其实里面有很多颜色。阳光穿过空气时，蓝光最容易被散射开来，"
                "所以我们抬头看到的是蓝色。到了傍晚，阳光走的路更长，剩下的多是红光，晚霞就红了。",
            ),
        ),
    },
    "patient": {
        "en": (
            Example(
                "A sore knee",
                "Doctor, my knee has been hurting since I fell on the stairs. I can hardly bend it in the morning. I am worried about my "
                "work. Can you help me?",
            ),
            Example(
                "A sore knee",
                "Doctor, my knee has been hurting since I fell on the stairs. It is worst in the morning, when I can hardly bend it. I "
                "tried to rest, but it does not get better. I am on my feet all day at work, and I am worried that I will not manage. Can "
                "you find out what is wrong?",
            ),
        ),
        "zh": (
            Example(
                "膝盖疼",
                "医生，我的膝盖摔了一跤以后一直疼，早上几乎弯不下去。我很担心没法上班，您能帮我看看吗？",
            ),
            Example(
                "膝盖疼",
                "医生，我的膝盖自从在楼梯上摔了一跤就一直疼。早上最厉害，几乎弯不下去，上下楼都得扶着墙。我在家休息了几天，还是不见好。"
                "我的工作要整天站着，很担心以后没法上班，您能帮我看看到底怎么了吗？",
            ),
        ),
    },
    "idol": {
        "en": (
            Example(
                "My new song comes out",
                "Hey, everyone, it's finally here! My new song is out, and I thought of you with every line I sang. Listen to it, and show "
                "me your best moves!",
            ),
            Example(
                "My new song comes out",
                "Hey, everyone, it's finally here! My new song is out, and I am so happy that I could dance all day! I thought of you with "
                "every line I sang, late at night with only my guitar. Thank you for always being there. Turn it up loud, sing along, and "
                "show me your best moves!",
            ),
        ),
        "zh": (
            Example(
                "新歌发布",
                "大家好呀，我的新歌终于来啦！每一句歌词，我都是想着你们唱的。快来听，和我一起唱吧！",
            ),
            Example(
                "新歌发布",
                "大家好呀，终于等到这一天啦！我的新歌来了，我开心得想跳一整天的舞！每一句歌词，我都是在深夜里想着你们唱的。"
                "谢谢你们一直陪着我，没有你们就没有这首歌！快来听，把声音开大，和我一起唱吧！",
            ),
        ),
    },
    "game_character": {
        "en": (
            Example(
                "A troll guards the bridge",
                "Halt, traveller! A troll guards the bridge, and steel alone will not save you. Bring fire, for it fears the flame. Go "
                "now, and may the stars watch over you!",
            ),
            Example(
                "A troll guards the bridge",
                "Halt, traveller! The bridge ahead is guarded by a troll, and no one has passed since the last moon. Steel alone will not "
                "save you, for its hide is hard as rock. Bring fire, and wait until the beast sleeps beneath the arch. Go now, brave one, "
                "and may the stars watch over your road!",
            ),
        ),
        "zh": (
            Example(
                "巨魔守着桥",
                "站住，旅人！前方石桥有巨魔把守，光有刀剑可不够，它最怕的是火。带上火把，愿星光照亮你的路！",
            ),
            Example(
                "巨魔守着桥",
                "站住，旅人！前方的石桥有巨魔把守，自上个月圆之夜起，再无人能过。光有刀剑可不够，它的皮比岩石还硬，最怕的是火。"
                "等它在桥下睡着，再悄悄靠近。去吧，勇者，愿星光照亮你的路！",
            ),
        ),
    },
}
