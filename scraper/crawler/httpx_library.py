"""httpx without its own command line, which would bring click, rich and pygments: a tenth of a run's start.

It looks for that command line and goes on without it where it is not there.
"""

from __future__ import annotations

import sys
from types import ModuleType

_COMMAND_LINE = "httpx._main"

if "httpx" not in sys.modules:  # somebody else may have had all of it before
    sys.modules[_COMMAND_LINE] = ModuleType(_COMMAND_LINE)  # without `main`: to httpx as if it were not there

import httpx  # noqa: E402 - what stands above has to come first

if not hasattr(sys.modules.get(_COMMAND_LINE), "main"):
    sys.modules.pop(_COMMAND_LINE, None)

__all__ = ["httpx"]
