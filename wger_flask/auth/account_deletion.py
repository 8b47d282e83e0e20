"""Delete an account with all that belongs to it: rows, files, credentials, and what other programs keep of it."""

from __future__ import annotations

from ..rest.services import services
from ..rest.uploads import delete_rows
from ..storage import cascade
from ..storage.links import with_links
from ..storage.model import Model, table_of
from ..storage.other_programs import OtherTables
from . import audit
from .models import OWN_MODELS, User


def belongings(user: User) -> dict[str, int]:
    """Return how many rows go with an account, by table; the account itself is not among them."""
    gone, _ = cascade.look_ahead(User, [user.id], with_history=True)
    return {table_of(model): number for model, number in gone.items() if model is not User and number}


def delete_account(user: User) -> None:
    """Delete ``user``, everything that belongs to them, and their files.

    What others merely have from them, such as who made their account, stays and names them no more.  One transaction:
    whatever goes wrong, all is as it was.
    """
    held = services()
    models = with_links([*held.registry.models, *OWN_MODELS])
    others = OtherTables(table_of(model) for model in models)

    def going(model: type[Model], keys: list[object]) -> None:
        others.delete_referring(table_of(model), keys)

    with held.transaction(user.id) as files:
        audit.note(audit.USER_DELETED, user)
        delete_rows(files, User, [user.id], with_history=True, going=going)
