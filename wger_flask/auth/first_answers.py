"""Keep what writes with an ``Idempotency-Key`` were answered, for a day.

A client that does not know whether a write arrived sends it again with the same key, and gets the first answer.  It is
kept in the transaction of the write: both are there, or neither.
"""

from __future__ import annotations

from datetime import timedelta

from ..rest.repeated_writes import LONGEST_KEY, Answer
from ..storage import columns
from ..storage.database import transaction
from ..storage.model import Model
from .models import User

KEPT = timedelta(days=1)


class FirstAnswer(Model):
    """What a user's write with a key was answered: ``body`` is JSON, null for none; ``digest`` tells the request."""

    id = columns.BigAuto()
    user = columns.ForeignKey(User, backref="+", on_delete="CASCADE")
    user_id: int
    key = columns.Char(max_length=LONGEST_KEY)
    digest = columns.Char(max_length=64)
    status = columns.Integer()
    body = columns.Text(null=True)
    made = columns.DateTime(default=columns.now, index=True)

    class Meta:
        table_name = "wger_flask_first_answer"
        title = "first answer"
        indexes = ((("user", "key"), True),)


class FirstAnswers:
    """What the kit asks for first answers: see :class:`~wger_flask.rest.repeated_writes.AnswerStore`."""

    def find(self, user_id: int, key: str) -> Answer | None:
        """Return what a user's write with ``key`` was answered within a day, None where there was none."""
        found = FirstAnswer.get_or_none((FirstAnswer.user == user_id) & (FirstAnswer.key == key))
        if found is None:
            return None
        if found.made <= columns.now() - KEPT:
            FirstAnswer.delete().where(FirstAnswer.id == found.id).execute()
            return None
        return Answer(found.digest, found.status, found.body)

    def keep(self, user_id: int, key: str, answer: Answer) -> None:
        """Keep an answer, in the transaction of the write."""
        FirstAnswer.create(user=user_id, key=key, digest=answer.digest, status=answer.status, body=answer.body)


def drop_old() -> int:
    """Delete the answers that are kept for long enough; returns how many."""
    with transaction():
        dropped: int = FirstAnswer.delete().where(FirstAnswer.made <= columns.now() - KEPT).execute()
    return dropped
