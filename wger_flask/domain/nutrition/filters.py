"""Find foods by what people type, scan and speak."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from wger_flask.api import (
    Clause,
    Filter,
    Parameter,
    Rejected,
    Selection,
    any_of,
    equals,
    keep_not,
    pad,
    ranks,
    search,
    services,
)
from wger_flask.domain.core.models import Language

from . import barcodes
from .models import Ingredient

BARCODE_LENGTHS = (8, 12, 13, 14)


class NameSearch(Filter):
    """Foods whose name is like the text; a barcode that is known finds its food alone."""

    params = ("name__search",)

    def clauses(self, args):
        text = _text(args, "name__search")
        if not text:
            return ()
        if text.isascii() and text.isdigit() and len(text) in BARCODE_LENGTHS:
            exactly = equals(Ingredient.code, text)
            if Selection(Ingredient, (exactly,)).exists():
                return (exactly,)
        return (Clause(_named, search.typed_values(text, Ingredient.name)),)

    def relevance(self, args):
        text = _text(args, "name__search")
        if not text or services().settings.WGER_SEARCH == "substring":
            return ("name",) if text else ()
        return (Clause(_nearest, search.typed_values(text, Ingredient.name)), "name")

    def describe(self):
        return [
            Parameter(
                "name__search", "name search", help="what a person would type, or a barcode; the best match first"
            )
        ]


def foods_like(text: str, languages: tuple[int, ...]) -> Selection:
    """Select the foods in ``languages`` (ids) with a name like ``text``, or with that barcode; the nearest first."""
    asked = {NameSearch.params[0]: text}
    by_name = NameSearch()
    clauses = (*by_name.clauses(MultiDict(asked)), any_of(Ingredient.language, languages))
    return Selection(Ingredient, clauses, by_name.relevance(MultiDict(asked)))


class Barcode(Filter):
    """The food with a barcode; one that is not in the database is looked up at Open Food Facts."""

    params = ("code",)

    def clauses(self, args):
        code = _text(args, "code")
        if not code:
            return ()
        keep_not()  # what another server says changes without us
        barcodes.look_up(code)
        return (equals(Ingredient.code, code),)

    def describe(self):
        return [Parameter("code", "barcode", help="an unknown one is looked up at Open Food Facts")]


class LanguageCodes(Filter):
    """Foods in any of some languages; unknown codes narrow nothing."""

    params = ("language__code",)

    def clauses(self, args):
        codes = {code.strip().partition("-")[0] for code in _text(args, "language__code").split(",")}
        known = [key for code, key in Selection(Language).rows((Language.short_name, Language.id)) if code in codes]
        return (any_of(Ingredient.language, pad(known)),) if known else ()

    def relevance(self, args):
        return ("language",) if "," in _text(args, "language__code") and not _text(args, "name__search") else ()

    def describe(self):
        return [Parameter("language__code", "language code", help="codes such as en,de; unknown ones are left out")]


def _text(args, param: str) -> str:
    text = (args.getlist(param) or [""])[-1].strip()
    if "\x00" in text:
        raise Rejected(param, "Null characters are not allowed.")
    return text


def _named(*typed):
    return search.name_matches(Ingredient.name, *typed)


def _nearest(*typed):
    return search.name_closeness(Ingredient.name, *typed).desc()


def _ranked(*typed, among=None):
    return search.ranked(Ingredient.name, *typed, among=among)


def _among(most, *typed):
    return search.nearest_keys(Ingredient.name, most, *typed)


def _number(*typed):
    return search.number(Ingredient.name, *typed)


def _numbers(found):
    return search.numbers(Ingredient.name, found)


ranks(_nearest, matches=_named, keys=_ranked, then=("name",), number=_number, numbers=_numbers, among=_among)
