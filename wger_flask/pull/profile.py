"""Copy what a user prefers and told of their body and days: those fields of the profile that its owner may write."""

from __future__ import annotations

from typing import Any

from ..domain.core.models import Language, UserProfile
from ..domain.core.profile import ProfileSchema, store_profile
from ..rest.schema import parse
from ..storage.model import label_of
from .state import State, digest_of
from .vocabulary import Words

PATH = "userprofile"
_LABEL, _KEY = label_of(UserProfile), "own"  # an account has one, which has no key on the wire


def copy(state: State, words: Words, given: dict[str, Any]) -> None:
    """Store what was ``given`` of the profile, unless it has not changed; a field that cannot be taken is left out."""
    assert state.user is not None
    said = {name: given[name] for name in ProfileSchema().load_fields if name in given}
    digest = digest_of(said)
    if state.is_as_it_was(_LABEL, _KEY, digest):
        state.report.count(PATH, "unchanged")
        return
    if "notification_language" in said:
        said["notification_language"] = words.find(Language, said["notification_language"])
    values, errors = parse(ProfileSchema, said, partial=True)
    for name, why in errors.items():
        state.report.leave_out(f"{PATH}, {name}", " ".join(map(str, why)))
    with state.writing():
        store_profile(state.user, values)
        state.remember(_LABEL, _KEY, state.user, "" if errors else digest)
    state.report.count(PATH, "changed")
