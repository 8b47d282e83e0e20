"""When each job was done."""

from __future__ import annotations

from wger_flask.api import Model, columns


class JobRun(Model):
    """The latest run of a job: when it ended (null before the first one), why it failed, when it is due again."""

    name = columns.Char(max_length=100, primary_key=True)
    ended = columns.DateTime(null=True)
    error = columns.Char(max_length=200, default="")
    due = columns.DateTime()

    class Meta:
        table_name = "wger_flask_job"
        title = "job"
        ordering = ("name",)
