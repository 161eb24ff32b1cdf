"""From a document to what a browser shows: HTML that is safe whatever the archive holds, charts, words.

Pure: text in, text out. Knows neither the web server nor the public site that are made of it.
"""
