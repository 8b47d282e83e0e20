"""Note what was copied from which server, so that the next run need not copy it again."""

from __future__ import annotations

from wger_flask.auth.models import User
from wger_flask.storage import columns
from wger_flask.storage.model import Model


class PullSource(Model):
    """A server that is copied from: its catalogue, or (``user``) what is copied into an account here."""

    id = columns.Auto()
    address = columns.Char(max_length=500, index=True)
    user = columns.ForeignKey(User, null=True, backref="+")
    user_id: int | None

    class Meta:
        table_name = "wger_flask_pull_source"


class PullPart(Model):
    """How far a part of a source is.

    ``following`` is the address of the next page of a run that was cut off, empty without one; ``begun`` the moment, by
    the source's clock, at which that run began, and ``since`` the one at which the last whole run did.
    """

    id = columns.Auto()
    source = columns.ForeignKey(PullSource, backref="+")
    part = columns.Char(max_length=200)
    following = columns.Text(default="")
    begun = columns.DateTime(null=True)
    since = columns.DateTime(null=True)

    class Meta:
        table_name = "wger_flask_pull_part"
        indexes = ((("source", "part"), True),)


class PullRow(Model):
    """Which row here is which row there; ``digest`` tells whether that one has changed, empty to look again."""

    id = columns.Auto()
    source = columns.ForeignKey(PullSource, backref="+", index=False)
    label = columns.Char(max_length=60)
    remote = columns.Char(max_length=64)
    local = columns.Char(max_length=40)
    digest = columns.Char(max_length=64, default="")

    class Meta:
        table_name = "wger_flask_pull_row"
        indexes = ((("source", "label", "remote"), True),)


class PullPage(Model):
    """A page whose rows are all here: its entity tag, and the address of the next one, empty for the last."""

    id = columns.Auto()
    source = columns.ForeignKey(PullSource, backref="+", index=False)
    address = columns.Char(max_length=500)
    etag = columns.Char(max_length=200)
    following = columns.Text(default="")

    class Meta:
        table_name = "wger_flask_pull_page"
        indexes = ((("source", "address"), True),)


MODELS = (PullSource, PullPart, PullRow, PullPage)
