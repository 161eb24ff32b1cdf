"""Markdown as HTML, by cmark-gfm, GitHub's renderer in C: CommonMark with GFM tables and strikethrough.

Its Python binding never gives back the tree of a text, nor its HTML: some 70 kB for each text of ten
paragraphs. So the calls are made one by one here, and what is left of them is freed by the library itself.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

from cmarkgfm import _cmark, cmark

_EXTENSIONS: Final = ("table", "strikethrough")
_LIBRARY: Final = ctypes.CDLL(_cmark.__file__)
_SYSTEM: Final = ctypes.CDLL(None)


def to_html(markdown: str) -> str:
    """Return Markdown as HTML. HTML that stands in it is left out, and no link runs a script."""
    cmark.core_extensions_ensure_registered()
    parser = cmark.parser_new()
    try:
        for name in _EXTENSIONS:
            cmark.parser_attach_syntax_extension(parser, cmark.find_syntax_extension(name))
        cmark.parser_feed(parser, markdown)
        root = cmark.parser_finish(parser)
        try:
            return _rendered(root, cmark.parser_get_syntax_extensions(parser))
        finally:
            _LIBRARY.cmark_node_free(_address(root))
    finally:
        cmark.parser_free(parser)


def _rendered(root: Any, extensions: Any) -> str:  # noqa: ANN401 - the library's own
    html = _cmark.lib.cmark_render_html(root, cmark.Options.CMARK_OPT_DEFAULT, extensions)
    try:
        return str(_cmark.ffi.string(html).decode("utf-8"))
    finally:
        _SYSTEM.free(_address(html))


def _address(pointer: Any) -> ctypes.c_void_p:  # noqa: ANN401 - likewise
    return ctypes.c_void_p(int(_cmark.ffi.cast("uintptr_t", pointer)))
