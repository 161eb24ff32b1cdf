"""Which language a person reads: by `--lang`, else by the locale as gettext reads it; and its catalogue."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES: Final = ("zh", "en")
DOMAIN: Final = "nankai-archive"
LOCALE: Final = Path(__file__).with_name("locale")
_VARIABLES: Final = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")  # the first that is set decides


def chosen(wanted: str | None, environment: Mapping[str, str]) -> str:
    """Return `zh` or `en`. `wanted` is what `--lang` says; None: the locale decides, or else `en`."""
    if wanted in LANGUAGES:
        return wanted
    said = next((value for name in _VARIABLES if (value := environment.get(name))), "")
    return "zh" if said.split(":")[0].lower().startswith("zh") else "en"


def catalogue(language: str) -> gettext.NullTranslations:
    """Return the catalogue of a language; English needs none."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE, languages=[language], fallback=True)
