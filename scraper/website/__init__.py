"""The archive as a public website: static files that Hugo builds, and a search that runs in the browser.

What a document says is rendered by `rendering`, as in `serve`, and handed to Hugo as data: no word of an
article is ever read as Markdown, HTML or a shortcode by it.
"""
