"""The shapes of the vocabulary."""

from __future__ import annotations

from wger_flask.api import Key, Schema, Selection, fields

from .models import ENGLISH, Language, License

MOST_LANGUAGES = 50


class LanguageSchema(Schema):
    """A language of texts."""

    id = fields.Integer(dump_only=True)
    short_name = fields.String(required=True, max_length=2, help="ISO 639-1 code")
    full_name = fields.String(required=True, max_length=30)
    full_name_en = fields.String(required=True, max_length=30)


class LicenseSchema(Schema):
    """A licence of contributions."""

    id = fields.Integer(dump_only=True)
    full_name = fields.String(required=True, max_length=60)
    short_name = fields.String(required=True, max_length=15)
    url = fields.String(allow_none=True, max_length=200)


class LicensedSchema(Schema):
    """The licence of a work: who made it, and what it derives from."""

    license = Key(License)
    license_title = fields.String(blank=True, max_length=300)
    license_object_url = fields.URL(blank=True, max_length=200)
    license_author = fields.String(blank=True, max_length=3500)
    license_author_url = fields.URL(blank=True, max_length=200)
    license_derivative_source_url = fields.URL(blank=True, max_length=200)


class RepetitionUnitSchema(Schema):
    """What a set is counted in."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, max_length=100)
    unit_type = fields.String(max_length=20)
    multiplier = fields.Integer(allow_none=True)


class WeightUnitSchema(Schema):
    """What a load is measured in."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, max_length=100)


class LanguageNames(fields.String):
    """Languages as searches of earlier releases name them: codes, ids or English names, several between commas.

    It is read as a tuple of ids; a name that is not known means English, as nothing at all does.
    """

    def _deserialize(self, value, attr, data, **kwargs) -> tuple[int, ...]:
        text = super()._deserialize(value, attr, data, **kwargs)
        names = [name.strip().lower() for name in text.split(",")[:MOST_LANGUAGES] if name.strip()]
        known: dict[str, int] = {}
        for key, code, name in Selection(Language).rows((Language.id, Language.short_name, Language.full_name_en)):
            known |= {str(key): key, code.lower(): key, name.lower(): key}
        keys = (known.get(name) or known.get(name.partition("-")[0], ENGLISH) for name in names)
        return tuple(dict.fromkeys(keys)) or (ENGLISH,)


class SearchQuerySchema(Schema):
    """What a search of earlier releases is asked for."""

    term = fields.String(blank=True, max_length=255, load_default="", help="part of a name")
    language = LanguageNames(
        blank=True, max_length=255, load_default=(ENGLISH,), help="codes, ids or English names, such as en,de"
    )
