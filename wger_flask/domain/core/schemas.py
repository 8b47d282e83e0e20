"""The shapes of the vocabulary."""

from __future__ import annotations

from wger_flask.api import Key, Schema, fields

from .models import License


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
