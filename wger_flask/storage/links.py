"""Many-to-many relations, in tables of their own as Django makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import columns
from .columns import ForeignKey
from .model import Model, label_of, make_model


@dataclass(frozen=True, slots=True)
class Link:
    """A many-to-many relation: ``source`` and ``target`` are the columns of ``through``."""

    name: str
    through: type[Model]
    source: ForeignKey
    target: ForeignKey

    @property
    def model(self) -> type[Model]:
        """The model at the far end."""
        model: type[Model] = self.target.rel_model
        return model

    def replace(self, pk: object, targets: Iterable[object]) -> None:
        """Make ``targets`` (primary keys) the only rows linked to the row ``pk``."""
        through = self.through
        through.delete().where(self.source == pk).execute()
        rows = [{self.source.name: pk, self.target.name: target} for target in dict.fromkeys(targets)]
        if rows:
            through.insert_many(rows).execute()


def link(model: type[Model], name: str, target: type[Model]) -> Link:
    """Declare the many-to-many relation ``name`` of ``model``, in the table that Django would make; returns it.

    The model of the table has the label ``app.model_name``.  The relation is for ``Keys`` and ``Members``.
    """
    source_name, target_name = _column(model), _column(target)
    if source_name == target_name:
        source_name, target_name = f"from_{source_name}", f"to_{target_name}"
    through = make_model(
        f"{model.__name__}{name.title().replace('_', '')}",
        {
            "__module__": model.__module__,
            "id": columns.Auto(),
            source_name: ForeignKey(model, backref="+"),
            target_name: ForeignKey(target, backref="+"),
        },
        Model,
        table_name=f"{model._meta.table_name}_{name}",
        label=f"{label_of(model)}_{name}",
        indexes=(((source_name, target_name), True),),
        is_link=True,
    )
    made = Link(name, through, getattr(through, source_name), getattr(through, target_name))
    links_of(model)[name] = made
    return made


def links_of(model: type[Model]) -> dict[str, Link]:
    """Return the many-to-many relations of ``model`` by name."""
    if "links" not in model._meta.__dict__:
        model._meta.links = {}
    return model._meta.links


def with_links(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return ``models`` and the through models of their many-to-many relations."""
    found = []
    for model in models:
        found.append(model)
        found.extend(link.through for link in links_of(model).values())
    return list(dict.fromkeys(found))


def let_database_delete(model: type[Model]) -> None:
    """Have the tables of ``model`` and its links declare ``ON DELETE``, as near as it is to ``cascade``.

    For the tables of plugins, which stay when the plugin does not: no code of it then deletes what hangs on a row.
    """
    for owner in with_links([model]):
        for reference in owner._meta.refs:
            if isinstance(reference, ForeignKey) and reference.on_delete is None:
                reference.on_delete = columns.on_delete_of(reference)


def is_link(model: type[Model]) -> bool:
    """Tell whether rows of ``model`` only say which rows of two others belong together."""
    return getattr(model._meta, "is_link", False)


def _column(model: type[Model]) -> str:
    return label_of(model).split(".")[1]
