"""Give every user what the rest of the server takes for granted: a profile and a cache row.

Signals make them when a user is made over the API; a dump may come without.
"""

from __future__ import annotations

from ..storage.chunks import chunks
from ..storage.model import Model, columns_of, key_of, target_of

_AT_ONCE = 50


def add_missing_profiles(models: dict[str, type[Model]]) -> None:
    """Add the missing rows; ``models`` are those there are, by label.

    A profile needs a language: where the default one is missing the first there is takes its
    place, and without any language no profile is made.
    """
    user = models.get("auth.user")
    for label in ("core.userprofile", "core.usercache"):
        model = models.get(label)
        if user is None or model is None:
            continue
        owner, language = columns_of(model)["user"], columns_of(model).get("notification_language")
        common = {}
        if language is not None:
            languages = target_of(language)
            known = list(languages.select(key_of(languages)).order_by(key_of(languages)).scalars())
            if not known:
                continue
            common[language.name] = language.default if language.default in known else known[0]
        key = key_of(user)
        lacking = user.select(key).where(key.not_in(model.select(owner))).order_by(key).scalars()
        rows = [{owner.name: pk, **common} for pk in lacking]
        for some in chunks(rows, _AT_ONCE):
            model.insert_many(some).execute()
