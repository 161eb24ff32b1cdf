"""Markdown as HTML, by cmark-gfm, GitHub's renderer in C: CommonMark with GFM tables and strikethrough.

Its Python binding never gives back the tree of a text, nor its HTML: some 70 kB for each text of ten
paragraphs. So the calls are made one by one here, and what is left of them is freed by the library itself.
And it notes for the whole process which characters the text at hand gives a meaning: of two texts read in one
moment, one would take what is struck through for tildes. So the interpreter's lock is held while one is read.

A build of it that hides its functions is used through its binding alone, with both these faults.
"""

from __future__ import annotations

import ctypes
from typing import Any, Final

from cmarkgfm import _cmark, cmark

_EXTENSIONS: Final = ("table", "strikethrough")
_LIBRARY: Final = ctypes.PyDLL(_cmark.__file__)  # which holds the lock, as the binding and `CDLL` do not
_SYSTEM: Final = ctypes.CDLL(None)

cmark.core_extensions_ensure_registered()


def to_html(markdown: str) -> str:
    """Return Markdown as HTML. HTML that stands in it is left out, and no link runs a script."""
    parser = cmark.parser_new()
    try:
        for name in _EXTENSIONS:
            cmark.parser_attach_syntax_extension(parser, cmark.find_syntax_extension(name))
        cmark.parser_feed(parser, markdown)
        root = _finished(parser)
        try:
            return _rendered(root, cmark.parser_get_syntax_extensions(parser))
        finally:
            _free(root)
    finally:
        cmark.parser_free(parser)


def _finished(parser: Any) -> Any:  # noqa: ANN401 - the library's own
    finish = getattr(_LIBRARY, "cmark_parser_finish", None)
    if finish is None:
        return cmark.parser_finish(parser)
    finish.restype = ctypes.c_void_p
    return _cmark.ffi.cast("cmark_node *", finish(_address(parser)))


def _free(root: Any) -> None:  # noqa: ANN401 - likewise
    free = getattr(_LIBRARY, "cmark_node_free", None)
    if free is not None:
        free(_address(root))


def _rendered(root: Any, extensions: Any) -> str:  # noqa: ANN401 - likewise
    html = _cmark.lib.cmark_render_html(root, cmark.Options.CMARK_OPT_DEFAULT, extensions)
    try:
        return str(_cmark.ffi.string(html).decode("utf-8"))
    finally:
        _SYSTEM.free(_address(html))


def _address(pointer: Any) -> ctypes.c_void_p:  # noqa: ANN401 - likewise
    return ctypes.c_void_p(int(_cmark.ffi.cast("uintptr_t", pointer)))
