"""Body weight."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import columns
from wger_flask.storage.model import Model


class WeightEntry(Model):
    """What a user weighed at a moment, as entered: in kg or lb, whichever their profile says."""

    id = columns.Auto()
    uuid = columns.UUID(unique=True, default=columns.uuid7)
    date = columns.DateTime()
    weight = columns.Decimals(5, 2)
    user = columns.ForeignKey(User)

    class Meta:
        table_name = "weight_weightentry"
        label = "weight.weightentry"
        ordering = ("date",)
        # wger's databases still have it, though its models forgot it.
        indexes = ((("date", "user"), True),)
        clashes = {("date", "user"): "There is a weight for this moment already."}


MODELS = (WeightEntry,)
