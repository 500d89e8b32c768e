"""The reading room: the archive as web pages, for people and for programs.

Everything shown here was fetched from somewhere and is hostile: it is text, never markup of ours.
"""
