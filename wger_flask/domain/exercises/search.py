"""Find exercises by the words of their translations.

A text is looked for in names and aliases, in the languages of ``language__code`` where that
is given.  Codes that are not known mean English, as clients have come to expect.
"""

from __future__ import annotations

from collections.abc import Iterable

from wger_flask.api import Clause, Filter, Parameter, Rejected, Selection, any_of, fn, pad, search, services
from wger_flask.domain.core.models import ENGLISH, Language

from .models import Alias, Exercise, ExerciseComment, Translation

TEXTS = ("name__search", "name__exact")
_NAMES = (Translation.name, Alias.alias)


class TranslatedFilter(Filter):
    """Exercises by name and language."""

    params = (*TEXTS, "language__code")

    def clauses(self, args):
        _demand_plain(args, self.params)
        languages = _languages(args)
        text, exact = (_text(args, param) for param in TEXTS)
        if not text and not exact and not languages:
            return ()
        typed = search.typed_values(text, *_NAMES) if text else ()
        patterns = (search.containing(exact),) if exact else ()
        shape = len(typed), len(patterns)
        values = (*typed, *patterns, *languages)
        return (Clause(_translated, values, shape),)

    def relevance(self, args):
        text, languages = _text(args, "name__search"), _languages(args)
        if not text:
            return ()
        typed = search.typed_values(text, *_NAMES)
        if services().settings.WGER_SEARCH == "substring":
            return _as_walked(typed, languages)
        values = typed + languages + typed + languages
        return (Clause(_closest, values, (len(typed),)), "id")

    def describe(self):
        return [
            Parameter("name__search", "name search", help="part of a name or an alias; the best match comes first"),
            Parameter("name__exact", "name contains", help="part of a name or an alias"),
            Parameter("language__code", "language code", help="codes such as en,de; an unknown one means English"),
        ]


def translations_like(text: str, languages: Iterable[int]) -> Selection:
    """Select the translations into ``languages`` (ids) whose name or an alias is like ``text``, the nearest first."""
    typed = search.typed_values(text, *_NAMES)
    clauses = any_of(Translation.language, tuple(languages)), Clause(_named_like, typed)
    return Selection(Translation, clauses, (Clause(_nearest_name_first, typed), "name", "id"))


class CommentLanguageFilter(Filter):
    """Comments on translations into a language, given by its id."""

    params = ("language",)

    def clauses(self, args):
        text = args.getlist("language")[-1].strip()
        if not text:
            return ()
        if not text.isdecimal() or len(text) > 18:
            raise Rejected("language", "Enter a number.")
        return (Clause(_commented_in, (int(text),)),)

    def describe(self):
        return [Parameter("language", "language", "reference", model=Language)]


class NeverFilter(Filter):
    """A documented parameter that refuses every list and finds nothing: clients know it so."""

    def __init__(self, param: str):
        self.params = (param,)

    def clauses(self, args):
        if args.getlist(self.params[0])[-1].strip():
            raise Rejected(self.params[0], "Enter a list of values.")
        return (any_of(Exercise.id, ()),)

    def describe(self):
        return []


def _demand_plain(args, params) -> None:
    wrong = [Rejected(param, "Null characters are not allowed.") for param in params if "\x00" in _text(args, param)]
    if wrong:
        raise ExceptionGroup("texts with null characters", wrong)


def _text(args, param: str) -> str:
    return (args.getlist(param) or [""])[-1].strip()


def _languages(args) -> tuple[int, ...]:
    """Return the ids of the languages asked for; none means all."""
    codes = [code.strip() for code in _text(args, "language__code").split(",")]
    if not any(codes):
        return ()
    known = dict(Selection(Language).rows((Language.short_name, Language.id)))
    return tuple(pad(list(dict.fromkeys(known.get(code.partition("-")[0], ENGLISH) for code in codes if code))))


def _translated(number_typed: int, number_of_patterns: int, *slots):
    end_of_typed, end_of_patterns = number_typed, number_typed + number_of_patterns
    typed, patterns, languages = slots[:end_of_typed], slots[end_of_typed:end_of_patterns], slots[end_of_patterns:]
    conditions = [_either(search.like, pattern) for pattern in patterns]
    if typed:
        conditions.append(_either(search.name_matches, *typed))
    if languages:
        conditions.append(Translation.language.in_(languages))
    return Exercise.id.in_(Translation.select(Translation.exercise).where(*conditions))


def _either(matches, *values):
    """Return the condition that the name or an alias matches."""
    aliased = Alias.select(Alias.translation).where(matches(Alias.alias, *values))
    return matches(Translation.name, *values) | Translation.id.in_(aliased)


def _named_like(*typed):
    return _either(search.name_matches, *typed)


def _nearest_name_first(*typed):
    return search.name_closeness(Translation.name, *typed).desc()


def _closest(each: int, *slots):
    """Return the order by how near the nearest of all names and aliases is; ``each`` values are what was typed."""
    half = len(slots) // 2
    name, alias = Translation.alias("named"), Translation.alias("aliased")
    nearest_name = name.select(_nearest(name.name, slots[:each])).where(
        _of_exercise(name, slots[each:half]), search.name_matches(name.name, *slots[:each])
    )
    typed = slots[half : half + each]
    nearest_alias = (
        alias.select(_nearest(Alias.alias, typed))
        .join(Alias, on=Alias.translation == alias.id)
        .where(_of_exercise(alias, slots[half + each :]), search.name_matches(Alias.alias, *typed))
    )
    return search.nearest_of(nearest_name, nearest_alias).desc()


def _as_walked(typed: tuple, languages: tuple[int, ...]) -> tuple:
    """Order as a wger on SQLite finds rows that it does not order: language by language, the oldest translation first.

    Where no language is asked for it walks the exercises, whose order is the default.
    """
    if not languages:
        return ()
    first_language, first_key = (
        Clause(_first_found, typed + languages, (column, len(typed))) for column in ("language", "id")
    )
    return first_language, first_key, "id"


def _first_found(column: str, number_typed: int, *slots):
    """Return ``column`` of the first translation that matches."""
    translation, typed = Translation.alias("translation"), slots[:number_typed]
    aliased = Alias.select(Alias.translation).where(search.name_matches(Alias.alias, *typed))
    matches = search.name_matches(translation.name, *typed) | translation.id.in_(aliased)
    of_exercise = _of_exercise(translation, slots[number_typed:])
    query = translation.select(getattr(translation, column)).where(of_exercise, matches)
    return query.order_by(translation.language, translation.id).limit(1)


def _nearest(column, typed):
    return fn.MAX(search.name_closeness(column, *typed))


def _of_exercise(translation, languages):
    condition = translation.exercise == Exercise.id
    return condition & translation.language.in_(languages) if languages else condition


def _commented_in(slot):
    translations = Translation.select(Translation.id).where(Translation.language == slot)
    return ExerciseComment.translation.in_(translations)
