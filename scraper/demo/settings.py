"""The config by which the program archives fake sites, as the text of a config file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.demo.world import World

_HEAD = """\
archive: {archive}
network:
  proxy: {proxy}
  timeout: {timeout}
  retries: {retries}
defaults:
  delay: {delay}
{defaults}sites:
"""


def config_text(
    *worlds: World,
    proxy: str,
    archive: str = "archive",
    delay: float = 0,
    timeout: float = 30,
    retries: int = 4,
    **defaults: str,
) -> str:
    """Return a config that names every channel of the worlds; `defaults` go in as they are."""
    more = "".join(f"  {key}: {value}\n" for key, value in defaults.items())
    head = _HEAD.format(
        archive=archive, proxy=proxy, timeout=timeout, retries=retries, delay=delay, defaults=more
    )
    return head + "".join(map(_site, worlds))


def _site(world: World) -> str:
    channels = "".join(
        f'      {name.replace("/", "-")}: {{title: {title}, index: "{world.index(name)}"}}\n'
        for name, title in world.channel_titles().items()
    )
    return (
        f"  {world.name}:\n    title: {world.title}\n    archive_name: {world.name}.example\n"
        f"    home: {world.home}/\n    family: {world.family}\n    tags: [{world.title}]\n"
        f"    categories: [{world.name}.example, {world.title}]\n    channels:\n{channels}"
    )
