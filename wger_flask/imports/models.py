"""What was imported, by whom, which rows it became, and what people chose on the way."""

from __future__ import annotations

from wger_flask.api import Model, User, columns

DRAFT, DONE, UNDONE = "draft", "done", "undone"
STATES = {DRAFT: "Not imported yet", DONE: "Imported", UNDONE: "Taken back"}


class ImportRun(Model):
    """An import: of which format, from which file (``checksum`` is its SHA-256 in hex), how many rows it became.

    A draft has not written anything yet: ``draft`` is what was read from its file, packed as text.
    """

    id = columns.Auto()
    user = columns.ForeignKey(User, backref="+")
    user_id: int
    format = columns.Char(max_length=50)
    file_name = columns.Char(max_length=200, default="")
    checksum = columns.Char(max_length=64)
    state = columns.Char(max_length=10, default=DONE, choices=tuple(STATES.items()))
    created = columns.DateTime(default=columns.now)
    undone = columns.DateTime(null=True)
    rows = columns.Integer(default=0)
    draft = columns.Text(default="")

    class Meta:
        table_name = "wger_flask_import"
        title = "import"
        ordering = ("-id",)
        indexes = ((("user", "state"), False),)


class ImportedRow(Model):
    """A row that an import wrote: its table, its key as text, and a digest of what was in it.

    ``before`` is null for a row that is new, and what its columns held before for one that was changed, by name, as
    JSON spells it.
    """

    id = columns.BigAuto()
    run = columns.ForeignKey(ImportRun, backref="+")
    run_id: int
    table = columns.Char(max_length=100)
    key = columns.Char(max_length=100)
    digest = columns.Char(max_length=32)
    before = columns.Json(null=True)

    class Meta:
        table_name = "wger_flask_importedrow"
        title = "imported row"
        ordering = ("id",)


class ImportChoice(Model):
    """What a name in the files of other apps is here, as a person chose it once.

    ``kind`` is what it names ("exercise", "food"), ``name`` is folded, ``target`` is the key of the row as text, empty
    for what shall be left out.
    """

    id = columns.Auto()
    user = columns.ForeignKey(User, backref="+")
    user_id: int
    kind = columns.Char(max_length=20)
    name = columns.Char(max_length=200)
    target = columns.Char(max_length=40, default="")

    class Meta:
        table_name = "wger_flask_importchoice"
        title = "import choice"
        ordering = ("name",)
        indexes = ((("user", "kind", "name"), True),)


MODELS = (ImportRun, ImportedRow, ImportChoice)
