"""Older documents taken over: read, proved to be what they say, mended where it is known how.

Pure: bytes in, values out. Which of them the archive takes is `ingest.adoption`.
"""
