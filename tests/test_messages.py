"""What is said to a person: English as data, another language where somebody reads it."""

from __future__ import annotations

import gettext
import pickle
from typing import TYPE_CHECKING

import pytest

from scraper import messages
from scraper.errors import Unreachable
from scraper.messages import say, say_count, translated

if TYPE_CHECKING:
    from collections.abc import Iterator


class Chinese(gettext.NullTranslations):
    """A catalogue of two sentences."""

    def gettext(self, message: str) -> str:
        return {"{host} does not answer": "{host} 没有应答", "gone: {why}": "已删除：{why}"}.get(
            message, message
        )


@pytest.fixture
def chinese() -> Iterator[None]:
    messages.use(Chinese())
    yield
    messages.use(gettext.NullTranslations())


@pytest.mark.usefixtures("chinese")
def test_a_message_is_english_as_data_and_chinese_for_a_person() -> None:
    said = say("{host} does not answer", host="a.example")
    assert said == "a.example does not answer"
    assert translated(said) == "a.example 没有应答"


@pytest.mark.usefixtures("chinese")
def test_a_message_within_a_message_and_within_an_error_is_translated_too() -> None:
    error = Unreachable(say("gone: {why}", why=say("{host} does not answer", host="b.example")))
    assert str(error) == "gone: b.example does not answer"
    assert translated(error.args[0]) == "已删除：b.example 没有应答"


@pytest.mark.usefixtures("chinese")
def test_a_message_comes_back_from_another_process_with_its_template() -> None:
    assert translated(pickle.loads(pickle.dumps(say("{host} does not answer", host="c")))) == "c 没有应答"  # noqa: S301


def test_one_and_many() -> None:
    assert say_count("{count} article", "{count} articles", 1) == "1 article"
    assert say_count("{count} article", "{count} articles", 2) == "2 articles"
