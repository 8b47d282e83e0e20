"""Copy from a server, part after part."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..media.errors import NotStored
from ..rest.services import services
from ..storage.database import DatabaseError, transaction
from . import deletions, food_pictures, gallery, measurements, own, profile
from .client import Client, Missing, PullFailure
from .exercises import Exercises
from .foods import Foods
from .own_rows import OwnRows
from .state import Report, Show, State
from .vocabulary import Words

_OLDEST = (2, 5)


@dataclass(frozen=True)
class Wanted:
    """What is to be copied: names of parts (:mod:`.parts`), and the languages of foods, none for all.

    ``token`` and ``user``, the key of an account here, belong together; ``anew`` looks at everything, what
    has not changed since the last run too.
    """

    only: frozenset[str]
    languages: tuple[str, ...] = ()
    token: str = ""
    user: int | None = None
    anew: bool = False


def pull(
    address: str, wanted: Wanted, show: Show, pause: float = 0.0, sleep: Callable[[float], object] = time.sleep
) -> Report:
    """Copy what is ``wanted`` from the server at ``address``; ``show(part, done, total)`` is told how far it is.

    Raises :class:`~.client.PullFailure` where it cannot go on: what was copied until then stays, and the next run goes
    on behind it. To be called within the context of an application.
    """
    client, report = Client(address, wanted.token, pause, sleep), Report()
    try:
        _demand_known_release(client)
        # a token that is wrong is told of before anything is copied
        told = client.get(f"{profile.PATH}/").data if wanted.token else None
        _copy(client, wanted, told if isinstance(told, dict) else {}, report, show)
    except Missing as why:
        raise PullFailure(str(why)) from None
    except NotStored as why:
        raise PullFailure(f"files cannot be stored: {why}") from None
    except DatabaseError as why:
        told = " ".join(str(why).split())
        raise PullFailure(f"the database does not take it: {told}; run this again, it goes on where it was") from why
    finally:
        client.close()
    return report


def _copy(client: Client, wanted: Wanted, told: dict[str, Any], report: Report, show: Show) -> None:
    """Copy what is wanted; ``told`` is what the profile says of the user over there."""
    state = State(client, None, report, show, wanted.anew)
    words = Words(state)
    training = wanted.user is not None and wanted.only & {"training", "measurements"}
    if "exercises" in wanted.only or training:
        Exercises(state, words).run()
        deletions.follow(state)
    foods = Foods(state, words)
    if "foods" in wanted.only:
        foods.run(wanted.languages)
    if "food-pictures" in wanted.only:
        food_pictures.copy(state, words)
    if wanted.user is not None:
        own_state = State(client, wanted.user, report, show, wanted.anew)
        try:
            if "profile" in wanted.only:
                profile.copy(own_state, words, told)
            _copy_own(OwnRows(own_state, state, words, foods, told), wanted.only)
        finally:  # of what is here by now
            with transaction():
                services().registry.tell_imported(wanted.user)


def _copy_own(rows: OwnRows, only: frozenset[str]) -> None:
    if "training" in only:
        for part in own.TRAINING:
            rows.copy(part)
        rows.time_sessions()
    if "measurements" in only:
        measurements.copy(rows)
    if "nutrition" in only:
        for part in own.NUTRITION:
            rows.copy(part)
    if "gallery" in only:
        gallery.copy(rows)


def _demand_known_release(client: Client) -> None:
    try:
        said = client.get("version/").data
    except Missing:
        raise PullFailure(f"{client.site} is no wger: it tells no version of its API") from None
    found = re.match(r"(\d{1,4})\.(\d{1,4})", said) if isinstance(said, str) else None
    if found and (int(found[1]), int(found[2])) < _OLDEST:
        raise PullFailure(f"{client.site} is wger {said[:20]}; those from 2.5 on can be copied from")
