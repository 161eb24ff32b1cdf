"""What may not be broken at the end of a line: a pattern that costs more than all that uses it."""

from __future__ import annotations

import re

_WIDE = "\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_CLOSING = "，。、；：！？）】》」』”’…"
_OPENING = "（【《「『“‘"
PIECE = re.compile(
    rf"[{_OPENING}(\[]{{0,8}}(?:[{_WIDE}]|[^\s{_WIDE}{_CLOSING}{_OPENING}]+|[{_CLOSING}])[{_CLOSING}]*\s*|\s+|."
)
