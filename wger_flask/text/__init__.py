"""Text that users write: rendering it, telling its language, finding names that are nearly the same.

Pure functions over strings: no Flask, no database. The packages used are markdown-it-py and nh3
(`markdown`); the rest is the standard library. Callers choose the words of their answers; these
modules only tell the facts.
"""
