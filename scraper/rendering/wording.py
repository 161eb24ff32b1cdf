"""The words of the pages, in the two languages of their readers: English, and Chinese beside it."""

from __future__ import annotations

from typing import Final, Literal

from scraper.values import Value

Language = Literal["zh", "en"]

_CHINESE: Final = {
    "Archive": "档案",
    "Archive of {site}": "{site}档案",
    "Newest": "最新",
    "Sites": "站点",
    "Site": "站点",
    "Channels": "栏目",
    "Channel": "栏目",
    "Years": "年份",
    "Search": "检索",
    "Search the archive": "检索全部档案",
    "Search {site}": "检索{site}",
    "Status": "状态",
    "Coverage": "完整性",
    "Captures": "存档快照",
    "All articles": "全部文章",
    "Skip to content": "跳到正文",
    "{count} articles": "{count} 篇文章",
    "{count} captures": "{count} 次快照",
    "{count} results": "{count} 条结果",
    "about {count} results": "约 {count} 条结果",
    "Nothing was found.": "没有找到。",
    "Nothing is here yet.": "这里还没有内容。",
    "Articles a month": "每月文章数",
    "Captures a day": "每日快照数",
    "Newer": "较新",
    "Older": "较早",
    "Previous": "上一篇",
    "Next": "下一篇",
    "Page {number} of {pages}": "第 {number} 页，共 {pages} 页",
    "Original": "原文",
    "Permalink": "固定链接",
    "Published": "发布",
    "Source": "来源",
    "Editor": "编辑",
    "First captured": "首次存档",
    "Last looked at": "最近核对",
    "Digest": "摘要值",
    "File": "文件",
    "Versions": "版本",
    "Provenance": "出处",
    "also known as": "亦见于",
    "The site says that this article is no longer there. What was held stays.": "原站称此文已不存在，此处所存仍予保留。",
    "Made of a copy kept by {origin}.": "据 {origin} 所存副本制成。",
    "Versions and what changed": "各版本与改动",
    "the page as it was": "当时的网页",
    "See the page as it was": "看当时的网页",
    "unchanged": "无改动",
    "first version": "最初版本",
    "changed": "有改动",
    "gone": "已不存在",
    "no article": "并非文章",
    "a copy of another archive": "其他档案馆的副本",
    "Back to the article": "回到文章",
    "captured at {moment}": "存档于 {moment}",
    "This is the page as its server sent it, without scripts and without anything from elsewhere.": "此为服务器当时所发的网页原貌，不运行脚本，也不从别处载入任何内容。",
    "The page alone": "仅看此网页",
    "Its bytes, to save": "保存原始字节",
    "There is no capture for this document.": "此文没有对应的快照。",
    "Last success": "最近成功",
    "Waiting": "等待",
    "Failures": "失败",
    "Gaps": "缺口",
    "Articles": "文章",
    "never": "从未",
    "unknown": "未知",
    "Listed": "列出",
    "Held": "已存",
    "Missing": "缺失",
    "Why": "原因",
    "waiting": "等待中",
    "failed": "失败",
    "refused": "被拒",
    "proven complete": "已证完整",
    "not proven": "未证完整",
    "Address": "地址",
    "Go": "前往",
    "Find an article by its address": "按原址查找文章",
    "No article of that address is held.": "没有收存该地址的文章。",
    "Not found": "未找到",
    "There is no such page.": "没有这个页面。",
    "What was asked for cannot be answered.": "无法处理该请求。",
    "Something went wrong": "出错了",
    "From": "自",
    "Until": "至",
    "All sites": "所有站点",
    "Feed of this search": "此检索的订阅源",
    "Feed": "订阅源",
    "Hits a year": "各年命中",
    "A phrase in quotes, several words, -word, site:, channel:, title:, from:, until:": "可用引号括起短语、并列多词、-排除词、site:、channel:、title:、from:、until:",
    "The search index is not there yet: `nankai-archive search --rebuild` makes it.": "检索索引尚未建立：运行 `nankai-archive search --rebuild` 即可。",
    "Captures of {day}": "{day} 的快照",
    "Kind": "种类",
    "Moment": "时刻",
    "article": "文章",
    "listing": "列表",
    "pager": "翻页脚本",
    "sitemap": "站点地图",
    "feed": "订阅源",
    "image": "图片",
    "file": "文件",
    "robots": "robots.txt",
    "copies": "副本索引",
    "copy": "副本",
    "Day": "日",
    "Month": "月",
    "Year": "年",
    "Also that day": "同日文章",
    "Everything here is read from the archive on this machine. Nothing is asked of any other server.": "所有内容均读自本机档案，不向任何其他服务器请求。",
    "Read from the archive on this machine. Pictures that it does not hold come from their own servers.": "内容读自本机档案；档案未收存的图片取自原服务器。",
    "Since {moment}": "自 {moment} 起",
    "Lists read": "已读列表页",
    "and {count} more": "另有 {count} 篇",
    "Tags": "标签",
    "Main": "主导航",
    "Pages": "分页",
    "Where you are": "当前位置",
    "Neighbours": "前后文章",
    "of {count}": "共 {count}",
}


class Words(Value, frozen=True):
    """One language's words."""

    language: Language

    @property
    def tag(self) -> str:
        """Return the language's tag for HTML."""
        return "zh-Hans" if self.language == "zh" else "en"

    def __call__(self, english: str, /, **values: object) -> str:
        """Return words in this language, the values put in."""
        text = _CHINESE[english] if self.language == "zh" else english
        return text.format(**{name: _number(value) for name, value in values.items()}) if values else text


def _number(value: object) -> object:
    return f"{value:,}" if isinstance(value, int) else value


def preferred(accept_language: str | None) -> Language:
    """Return the language of the two that a browser's `Accept-Language` likes better; else Chinese.

    Chinese is what the archive holds: who names neither language reads the pages for it.
    """
    best: tuple[float, Language] = (0.0, "zh")
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language == "zh" and weight > best[0]:
            best = weight, "zh"
        elif language == "en" and weight > best[0]:
            best = weight, "en"
    return best[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
