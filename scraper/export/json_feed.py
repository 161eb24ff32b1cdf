"""A feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scraper.export.feed import Feed, FeedEntry


def json_feed(feed: Feed) -> str:
    """Return the feed as a document."""
    whole: dict[str, Any] = {"version": "https://jsonfeed.org/version/1.1", "title": feed.title}
    if feed.home is not None:
        whole["home_page_url"] = feed.home
    if feed.address is not None:
        whole["feed_url"] = feed.address
    whole |= {"language": "zh-CN", "items": [_item(entry) for entry in feed.entries]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _item(entry: FeedEntry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.identifier,
        "url": entry.url,
        "title": entry.title,
        "content_html": entry.html,
        "date_published": entry.published.isoformat(timespec="seconds"),
        "date_modified": entry.updated.isoformat(timespec="seconds"),
        "authors": [{"name": entry.author}],
    }
    if entry.summary:
        item["summary"] = entry.summary
    return item | ({"tags": list(entry.tags)} if entry.tags else {})
