"""The archive as web pages on this machine: read-only, for one's own eyes, without asking anybody else.

Starlette hears, Jinja2 writes; what a document says becomes HTML in `rendering`. What is shown is read at the
moment it is asked for, so that a run which goes on beside is seen too.
"""
