"""Run Django's own ``loaddata`` or ``dumpdata`` on a database of wger's, with models made of the specification.

A program for a Python that has Django and nothing of ours: ``django_project.py DATABASE MODELS COMMAND ARGUMENTS...``,
where MODELS is a file with what :func:`tests.transfer.loaddata.models` returns.
"""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

import django
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management import call_command
from django.db import models

ITS_OWN = ("auth", "contenttypes", "sessions", "sites")


def main(database: str, described: str, *command: str) -> None:
    with open(described) as file:
        known = json.load(file)
    labels = sorted({label.partition(".")[0] for label in known} - set(ITS_OWN))
    settings.configure(
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
        INSTALLED_APPS=[*(f"django.contrib.{name}" for name in ITS_OWN), *map(_app, labels)],
    )
    django.setup()
    for label, model in known.items():
        if label.partition(".")[0] in labels:
            _make(label.partition(".")[0], model)
    for label in labels:
        apps.get_app_config(label).models_module = ModuleType("models")  # dumpdata passes over applications without any
    apps.clear_cache()
    call_command(*command)


def _app(label: str) -> AppConfig:
    members = {"label": label, "path": ".", "default_auto_field": "django.db.models.AutoField"}
    kind: Any = type("Config", (AppConfig,), members)
    config: AppConfig = kind(f"wger_{label}", ModuleType(f"wger_{label}"))
    return config


def _make(app: str, model: dict[str, Any]) -> None:
    meta = type("Meta", (), {"managed": False, "db_table": model["table"], "app_label": app})
    members: dict[str, Any] = {"__module__": f"wger_{app}", "Meta": meta}
    for one in model["fields"]:
        members[one["name"]] = _field(one)
    for one in model["m2m"]:
        members[one["name"]] = models.ManyToManyField(one["to"], related_name="+", db_table=one["through_table"])
    type(model["label"].partition(".")[2], (models.Model,), members)


def _field(one: dict[str, Any]) -> Any:
    options = {"null": one["null"], "db_column": one["column"], "primary_key": one["primary_key"]}
    options |= {name: one[name] for name in ("max_length", "max_digits", "decimal_places") if name in one}
    if one["type"] in ("ForeignKey", "OneToOneField"):
        options.pop("max_length", None)
        return getattr(models, one["type"])(one["to"], models.DO_NOTHING, related_name="+", **options)
    if one["type"] == "UUIDField":
        del options["max_length"]
    return getattr(models, one["type"])(**options)


if __name__ == "__main__":
    main(*sys.argv[1:])
