"""What is said to a person: English text that remembers how it was made, to be said in Chinese too.

    raise Unreachable(say("{host} does not answer", host=host))

A `Message` is a `str`: data, JSON and logs hold it as it is, in English. Whoever shows it to a person calls
`translated`. The templates are the keys of the catalogues in `scraper/locale`.
"""

from __future__ import annotations

import gettext
from typing import Any, Self

_catalogue: gettext.NullTranslations = gettext.NullTranslations()


class Message(str):
    """A sentence in English that knows its template and the values that were put into it."""

    __slots__ = ("template", "values")
    template: str  # with the names of its values in braces: "{host} does not answer"
    values: dict[str, Any]

    def __new__(cls, template: str, values: dict[str, Any]) -> Self:
        """Fill the template in English."""
        made = super().__new__(cls, template.format(**values))
        made.template = template
        made.values = values
        return made

    def __reduce__(self) -> tuple[type[Message], tuple[str, dict[str, Any]]]:
        """Travel between processes with template and values."""
        return Message, (self.template, self.values)


def say(template: str, /, **values: Any) -> Message:  # noqa: ANN401 - whatever can be formatted
    """Make a message; the template is a literal, so that the catalogues can be made from the source."""
    return Message(template, values)


def say_count(one: str, many: str, count: int, /, **values: Any) -> Message:  # noqa: ANN401 - likewise
    """Make a message about `count` things, which its templates name `{count}`."""
    return Message(one if count == 1 else many, {"count": count, **values})


def translated(text: str) -> str:
    """Return what a person reads: a message in the language in use, any other text as it is."""
    if not isinstance(text, Message):
        return text
    values = {
        name: translated(value) if isinstance(value, str) else value for name, value in text.values.items()
    }
    return _catalogue.gettext(text.template).format(**values)


def use(catalogue: gettext.NullTranslations) -> None:
    """Take the language in which everything is told from now on, in this process."""
    global _catalogue  # noqa: PLW0603 - one process speaks one language
    _catalogue = catalogue
