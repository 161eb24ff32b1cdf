"""The grammar of invented news: people, places, houses and events that are nowhere, in sentences of our own.

Everything is chosen by a `random.Random` that is passed in, seeded by the article's number: the same number
gives the same news, today and in ten years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

UNIVERSITY = "北辰大学"
NEWSROOM = "北辰大学新闻网"

SURNAMES = (
    "澹台",
    "公冶",
    "钟离",
    "东郭",
    "百里",
    "呼延",
    "闻人",
    "濮阳",
    "淳于",
    "仲孙",
    "轩辕",
    "令狐",
    "宇文",
    "长孙",
)
GIVEN = (
    "知夏",
    "听澜",
    "望舒",
    "牧云",
    "拾光",
    "既白",
    "见山",
    "枕河",
    "问渠",
    "采薇",
    "行舟",
    "栖梧",
    "照野",
    "怀瑾",
)
HOUSES = (
    "星图学院",
    "海潮学院",
    "草木学院",
    "纸与书学院",
    "云物理学院",
    "风土学院",
    "机巧学院",
    "声音学院",
    "河流研究院",
)
PLACES = (
    "望河楼",
    "听雨堂",
    "三桥剧场",
    "北辰讲堂",
    "槐荫操场",
    "灯塔图书馆",
    "旧水塔展厅",
    "渡口会议室",
    "风车实验楼",
)
EVENTS = (
    *(
        "星图绘制大赛",
        "潮汐观测周",
        "古纸修复展",
        "风筝设计营",
        "河灯节",
        "种子交换会",
        "钟楼校时仪式",
        "雨声录音计划",
    ),
    *(
        "夜航读书会",
        "木工公开课",
        "气象日记展",
        "桥梁模型承重赛",
        "旧地图研讨会",
        "校园植物普查",
        "口述史工作坊",
    ),
)
THINGS = (
    "一套可以折叠的潮位仪",
    "三百张手绘星图",
    "两千封旧信的目录",
    "一座竹制的拱桥",
    "七种失传的纸样",
    "一台会唱歌的风车",
)
OUTSIDE = ("云溪日报", "河口晚报", "三桥电视台", "灯塔周刊", "北岸教育报", "潮信社")
DEEDS = (
    "完成了首次公开试验",
    "向公众开放",
    "进入第二轮评审",
    "收到来自各地的回信",
    "在雨中照常举行",
    "迎来第一批观众",
)
FEELINGS = (
    "比想象中安静，也比想象中有趣",
    "像把一条河重新走了一遍",
    "让人愿意再等一个春天",
    "值得写进明年的日历",
)
LEADS = ("一张图画了三年", "从一粒种子开始", "把声音留下来", "桥要自己走过去", "慢一点，准一点")


def person(random: Random) -> str:
    """Return an invented name."""
    return random.choice(SURNAMES) + random.choice(GIVEN)


def headline(random: Random) -> str:
    """Return a title, plain."""
    house, event, deed = random.choice(HOUSES), random.choice(EVENTS), random.choice(DEEDS)
    shapes = (
        f"{UNIVERSITY}{event}{deed}",
        f"{house}举办第{random.randint(2, 40)}届{event}",
        f"{person(random)}做客“{random.choice(PLACES)}”谈{event}",
        f"【走近{house}】{random.choice(LEADS)}",
        f"“{random.choice(LEADS)}”：{house}的{event}",
        f"{house}{event}{deed} {random.choice(THINGS)}亮相{random.choice(PLACES)}",
    )
    return random.choice(shapes)


def opening(random: Random) -> str:
    """Return the first sentences of an article: who, where, what."""
    month, day = random.randint(1, 12), random.randint(1, 28)
    return (
        f"{month}月{day}日，{random.choice(EVENTS)}在{random.choice(PLACES)}{random.choice(DEEDS)}。"
        f"{random.choice(HOUSES)}的{random.randint(12, 480)}名师生到场，{person(random)}主持。"
    )


def statement(random: Random) -> str:
    """Return a sentence or two of the middle."""
    shapes = (
        f"活动展出了{random.choice(THINGS)}，由{random.choice(HOUSES)}与{random.choice(HOUSES)}共同准备。",
        f"{random.choice(EVENTS)}已办了{random.randint(2, 30)}年，{random.randint(300, 9000)}人参加。",
        f"“{random.choice(FEELINGS)}。”{person(random)}说，“{random.choice(LEADS)}，这就是我们想做的事。”",
        f"今年的{random.choice(EVENTS)}把终点设在{random.choice(PLACES)}，全程{random.randint(2, 9)}.5公里。",
        f"作品《{random.choice(LEADS)}》的误差不到{random.randint(1, 9)}%，“{random.choice(FEELINGS)}”。",
        f"{random.choice(HOUSES)}的{person(random)}说：下一步在{random.choice(PLACES)}常设展位——欢迎来看。",
    )
    return random.choice(shapes)


def caption(random: Random) -> str:
    """Return what stands below a picture."""
    return f"{random.choice(PLACES)}里的{random.choice(EVENTS)}现场　{person(random)}/摄"


def short_title(seed: int) -> str:
    """Return a title by arithmetic alone, for lists of tens of thousands; different for each seed."""
    event, house = EVENTS[seed % len(EVENTS)], HOUSES[seed // 7 % len(HOUSES)]
    return f"{house}{event}简讯（总第{seed}期）"
