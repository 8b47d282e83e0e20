"""Rules of the URL map that compile what makes URLs of them when a URL is first made of them.

Werkzeug compiles two functions for each rule when it is added.  Of some six hundred rules few ever make a URL: of the
spellings beside a documented one none, of an API that phones use hardly any.  To compile all was a fifth of the time
that a server takes to start, and 3 MB.
"""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]


class LateRule(Rule):
    """A rule that is compiled for matching at once, and for making URLs when it makes one.

    Where Werkzeug names the two functions otherwise, all is compiled at once, as Werkzeug does.
    """

    _build: Build
    _build_unknown: Build

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        make = super()._compile_builder

        def build(rule: LateRule, /, **values: object) -> tuple[str, str]:
            made: Build = make(append_unknown).__get__(rule, None)
            if append_unknown:
                rule._build_unknown = made
            else:
                rule._build = made
            return made(**values)

        return build
