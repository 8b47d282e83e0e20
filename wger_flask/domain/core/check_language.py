"""Tell whether a text is in the language that its author says, before they send it."""

from __future__ import annotations

from wger_flask.api import Endpoints, Invalid, Key, Schema, fields
from wger_flask.text import detection

from .models import Language


class CheckLanguageSchema(Schema):
    """A text and the language it should be in; one of the two ways to name that is enough."""

    input = fields.String(required=True, min_length=10)
    language = Key(Language)
    language_code = fields.String(min_length=2, max_length=2, help="ISO 639-1 code")


class LanguageCheckedSchema(Schema):
    """A text that is in its language."""

    result = fields.Boolean()


check_language = Endpoints("check-language", "Check the language of a text.")


@check_language.endpoint(
    "check-language",
    methods=("POST",),
    transactional=False,
    request=CheckLanguageSchema,
    response=LanguageCheckedSchema,
)
def check(call):
    """Check that a text is in a language; 400 says which one it is in instead."""
    data = call.load(CheckLanguageSchema)
    language = _language(data)
    mismatch = detection.language_mismatch(data["input"], language.short_name)
    if mismatch is None:
        return {"result": True}
    message = mismatch.message(language.full_name, language.short_name)
    # Texts, not values: this is what clients compare with.
    return {"check": {"result": "False", "detected_language": str(mismatch.code), "message": message}}, 400


def _language(data: dict) -> Language:
    if "language" in data:
        return Language.get_by_id(data["language"])
    code = data.get("language_code")
    if code is None:
        raise Invalid({"language": ["Either a language ID or a language code must be provided."]})
    language = Language.get_or_none(Language.short_name == code)
    if language is None:
        raise Invalid({"language": [f'Language with code "{code}" does not exist.']})
    return language
