"""`search`: full-text search over the archive, Chinese of any length."""

from __future__ import annotations

import csv
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from scraper.commands.arguments import add_from_store, positive
from scraper.commands.crawl import load
from scraper.console import clean, json_text, line, tell
from scraper.exit_codes import ExitCode, of_error, worst
from scraper.messages import say, say_count

if TYPE_CHECKING:
    import argparse

    from scraper.config import Config
    from scraper.search.matching import Snippet
    from scraper.stores.search_index.queries import Found, Hit

_CHECKED = 20_000  # candidates that are counted one by one: a second
_COLUMNS = ("url", "urlname", "site", "title", "date", "path", "snippet")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Tell the parser the command's own arguments."""
    add_from_store(parser)
    parser.add_argument(
        "words",
        metavar="WORDS",
        nargs="*",
        help=say("what to look for; see below"),
    )
    parser.add_argument(
        "--limit", metavar="N", type=positive, default=20, help=say("show at most this many (default: 20)")
    )
    parser.add_argument(
        "--rebuild", action="store_true", help=say("first make the index again of the documents")
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--jsonl", action="store_true", help=say("one JSON object a line, an article each"))
    form.add_argument("--csv", action="store_true", help=say("a table for spreadsheets"))
    parser.epilog = say(
        'Several words: all of them. "a phrase"; -word or -"a phrase": not that; title:word; site:NAME, '
        "channel:NAME; from:2020, until:2021-05-31. Width and case do not matter. Newest first. Give a Latin "
        "word with a minus behind `--`: search -- 校史 -draft. Reads the index alone, beside any run."
    )


def run(args: argparse.Namespace) -> int:
    """Look for the words, and print what answers."""
    from scraper.app.indexing import index_path
    from scraper.errors import UsageError
    from scraper.search.query import parse
    from scraper.stores.search_index import view_index

    config = load(args, documents=True)
    query = parse(" ".join(map(_word, args.words)))
    if query.is_empty and not args.rebuild:
        raise UsageError(say("search: nothing to look for"))
    code = ExitCode.DONE
    if args.rebuild or not index_path(config).exists():
        code = _rebuild(config, args.verbosity)
    if not query.is_empty:
        with view_index(index_path(config)) as index:
            _show(index.search(query, limit=args.limit, checked=_CHECKED), args)
    elif args.json:
        print(json.dumps({"total": 0, "exact": True, "results": []}))
    return code


def _word(word: str) -> str:
    """Return a word of the command line as the query has it: the shell has taken its quotes away.

    `title:"a phrase"` arrives as `title:a phrase`; `"a phrase"` as words like any others, each of which is
    looked for: `'"a phrase"'` keeps its quotes.
    """
    name, colon, value = word.partition(":")
    if colon and name.removeprefix("-") in {"title", "site", "channel"} and " " in value:
        return f'{name}:"{value}"'
    return word


def _rebuild(config: Config, verbosity: int) -> ExitCode:
    """Make the index again; what cannot be read is told."""
    from scraper.app.archive_view import each
    from scraper.app.indexing import rebuild
    from scraper.display import bar

    counts, _ = each(config, config.sites, lambda site, state: state.counts.standing(site.name).articles)
    with bar(say("search: indexing"), sum(counts), verbosity=verbosity) as advance:
        done = rebuild(config, advance=advance)
    for error in done.unreadable + done.unopened:
        tell(say("search: {error}", error=error.said))
    if verbosity >= 0:
        tell(say_count("search: {count} article indexed", "search: {count} articles indexed", done.put))
    code = ExitCode.SOME_FAILED if done.unreadable else ExitCode.DONE
    return worst({code, *map(of_error, done.unopened)})


def _show(found: Found, args: argparse.Namespace) -> None:
    if args.json:
        whole = {"total": found.total, "exact": found.exact, "results": list(map(_row, found.hits))}
        print(json_text(whole))
    elif args.jsonl:
        for hit in found.hits:
            print(json_text(_row(hit)))
    elif args.csv:
        table = csv.DictWriter(sys.stdout, _COLUMNS)
        table.writeheader()
        table.writerows(map(_row, found.hits))
    else:
        _tell(found, args.verbosity)


def _row(hit: Hit) -> dict[str, Any]:
    from scraper.search.matching import as_html

    article = hit.article
    return {
        "url": article.url,
        "urlname": article.urlname,
        "site": article.site,
        "title": article.title,
        "date": article.published.isoformat(timespec="seconds"),
        "path": article.path,
        "snippet": as_html(hit.snippet),
    }


def _tell(found: Found, verbosity: int) -> None:
    """Print what answers for a person, three lines an article, and how many there are."""
    marks = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ("", "")
    for hit in found.hits:
        article = hit.article
        print(f"{article.published:%Y-%m-%d}  {_marked(hit.title, marks)}  ({article.site})")
        print(f"            {clean(article.path)}")
        print(f"            {_marked(hit.snippet, marks)}")
    if verbosity < 0:
        return
    if found.exact:
        tell(say_count("{count} article", "{count} articles", found.total))
    else:
        tell(say("about {count} articles", count=found.total))


def _marked(snippet: Snippet, marks: tuple[str, str]) -> str:
    """Return a snippet as a line, its words between the marks."""
    pieces = ((line(f".{piece.text}.")[1:-1], piece.marked) for piece in snippet)
    return "".join(text.join(marks) if is_marked else text for text, is_marked in pieces)
