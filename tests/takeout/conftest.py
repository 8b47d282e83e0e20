"""Somebody with a row of everything, and what they take out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest

from tests.media.samples import picture
from wger_flask.domain.exercises.models import Exercise
from wger_flask.domain.gallery.models import Image
from wger_flask.domain.routines.models import WorkoutLog, WorkoutSession
from wger_flask.storage.database import transaction
from wger_flask.testing.rows import make


@pytest.fixture
def registry(app):
    return app.extensions["wger_flask"].registry


@pytest.fixture
def media(app):
    return app.extensions["wger_flask"].media


@pytest.fixture
def everything(app, registry, people, media):
    """Give grace and linus rows in every table that is theirs, and grace a photo with its file."""
    with transaction():
        for name in ("grace", "linus"):
            for owned in registry.owned:
                if not any(True for _ in owned_rows(owned, people[name].id)):
                    make(owned.model, people[name], owned.owner.path)
        grace = people["grace"]
        stored = media.save(picture("PNG"), f"gallery/{grace.id}/a.png")
        make(Image, grace, ("user",), image=stored, description="=me")
        exercise = Exercise.select().first()
        session = WorkoutSession.create(user=grace, datetime_start=datetime(2025, 3, 1, 17, tzinfo=UTC), notes="=1+1")
        WorkoutLog.create(user=grace, session=session, exercise=exercise, repetitions=5, weight="82.50", weight_unit=1)
    return people["grace"]


def owned_rows(owned, user_id):
    return owned.model.select().where(owned.model._meta.primary_key.in_(keys_of(owned, user_id)))


def keys_of(owned, user_id):
    from wger_flask.takeout.rows import selection_of

    return selection_of(owned, user_id).keys()


def unpacked(response) -> zipfile.ZipFile:
    assert response.status_code == 200, response.text
    return zipfile.ZipFile(io.BytesIO(response.get_data()))


def document(archive: zipfile.ZipFile) -> dict:
    return json.loads(archive.read("data.json"))
