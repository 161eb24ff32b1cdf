"""A worker's config: what changes in its file holds from the next run on, and a slip takes nothing away."""

from __future__ import annotations

import base64
import os
import pickle
from typing import TYPE_CHECKING

from scraper.app.config_file import load_config
from scraper.app.followed_config import FollowedConfig

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.config import Config

HEAD = 'cluster: {database: "postgresql://db/a", store: "s3://archive"}\n'


def written(path: Path, sites: str, *, head: str = HEAD, second: int = 0) -> Path:
    """Write a config, at another moment each time, whatever the clock does."""
    path.write_text(f"{head}sites: {{{sites}}}\n", encoding="utf-8")
    os.utime(path, (second, second))
    return path


def test_a_changed_config_is_taken_and_a_broken_one_is_not(tmp_path: Path) -> None:
    one = "one: {home: 'http://one.example.edu.cn/'}"
    two = "two: {home: 'http://two.example.edu.cn/'}"
    path = written(tmp_path / "config.yaml", one)
    followed = FollowedConfig(path, load_config(path))
    assert not followed.look()
    assert followed.site("two") is None
    written(path, f"{one}, {two}", second=1)
    assert followed.look()
    assert followed.site("two") is not None
    written(path, "two: {home: nonsense", second=2)
    assert not followed.look()
    assert followed.site("two") is not None


def test_the_processes_of_sites_are_told_the_new_config_but_the_old_archive_and_store(tmp_path: Path) -> None:
    """Where a site's files lie must not change under a worker that holds its lease."""
    site = "one: {home: 'http://one.example.edu.cn/', delay: %s}"
    path = written(tmp_path / "config.yaml", site % 1)
    begun = load_config(path)
    followed = FollowedConfig(path, begun)
    written(path, site % 7, head=f"archive: elsewhere\n{HEAD.replace('/a', '/b')}", second=1)
    assert followed.look()
    told: Config = pickle.loads(base64.b64decode(followed.line()))  # noqa: S301 - our own
    assert told.sites[0].delay == 7
    assert (told.archive, told.cluster) == (begun.archive, begun.cluster)
