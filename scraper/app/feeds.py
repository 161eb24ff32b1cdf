"""Feeds of the newest articles, beside the documents: one a site, and one of all.

    archive/feed.atom    archive/feed.json    archive/<site>/feed.atom    archive/<site>/feed.json

Made of the search index, which is brought up to date before. A feed whose bytes are the same is not touched.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import NAMESPACE_URL, uuid5

from scraper.app.archive_view import view_of
from scraper.app.indexing import index_path
from scraper.export.atom import atom
from scraper.export.feed import MOST, Feed, FeedEntry
from scraper.export.json_feed import json_feed
from scraper.search.query import Query
from scraper.stores.archive_folder import ArchiveFolder, read_about
from scraper.stores.documents import DocumentStore
from scraper.stores.search_index import view_index
from scraper.writer.markdown_reader import body_of, html, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scraper.config import Config
    from scraper.model import Site
    from scraper.search.article import IndexedArticle

_SUMMARY: Final = 200  # characters


def write_feeds(config: Config, names: Iterable[str]) -> int:
    """Write the feeds of these sites and that of all; return how many changed. Raises StoreError."""
    documents = DocumentStore(Path(config.archive))
    sites = {site.name: site for site in config.sites}
    written = 0
    with view_index(index_path(config)) as index:
        for site in (sites[name] for name in names if name in sites):
            newest = index.search(Query(sites=frozenset({site.name})), limit=MOST).hits
            entries = list(_entries(config, sites, [hit.article for hit in newest], documents))
            feed = Feed(
                identifier=_identifier(config, site.name),
                title=site.title,
                entries=entries,
                home=site.home,
            )
            written += _save(documents, f"{site.name}/", feed)
        newest = index.search(Query(sites=frozenset(sites)), limit=MOST).hits
        entries = list(_entries(config, sites, [hit.article for hit in newest], documents))
        title = "、".join(site.title for site in sites.values())
        feed = Feed(identifier=_identifier(config, None), title=title, entries=entries)
        written += _save(documents, "", feed)
    return written


def _save(documents: DocumentStore, folder: str, feed: Feed) -> int:
    atom_changed = documents.save_file(f"{folder}feed.atom", atom(feed).encode("utf-8"))
    json_changed = documents.save_file(f"{folder}feed.json", json_feed(feed).encode("utf-8", "replace"))
    return int(atom_changed) + int(json_changed)


def _identifier(config: Config, site: str | None) -> str:
    """Return what names a feed for ever: the archive's own id, and the site's name."""
    about = read_about(ArchiveFolder(Path(config.archive)))
    archive = "" if about is None else about.id
    return uuid5(NAMESPACE_URL, f"nankai-archive:{archive}:{site or ''}").urn


def _entries(
    config: Config, sites: dict[str, Site], articles: list[IndexedArticle], documents: DocumentStore
) -> Iterator[FeedEntry]:
    revised = _revisions(config, sites, articles)
    for article in articles:
        text = documents.read(article.path)
        if text is None:  # `verify` names it
            continue
        body = body_of(text)
        summary = " ".join(plain_text(body).split())
        yield FeedEntry(
            urlname=article.urlname,
            url=article.url,
            title=article.title,
            published=article.published,
            updated=max(revised.get((article.site, article.key), article.published), article.published),
            author=sites[article.site].title,
            html=html(body),
            summary=summary if len(summary) <= _SUMMARY else f"{summary[:_SUMMARY]}…",
            tags=sites[article.site].tags,
        )


def _revisions(
    config: Config, sites: dict[str, Site], articles: list[IndexedArticle]
) -> dict[tuple[str, str], datetime]:
    """Return when articles were last revised, by site and key: of those that ever were."""
    found = {}
    for name in {article.site for article in articles}:
        site = sites[name]
        oldest = min(article.published for article in articles if article.site == name)
        with view_of(config, site) as state:
            for event in state.events.since(name, oldest):
                if event.what == "revised":
                    found[name, event.key] = event.at.astimezone(site.timezone)
    return found
