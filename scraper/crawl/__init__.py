"""Asks: sessions, one site's crawl, its lists, pages, pictures: what a run does until a capture exists."""
