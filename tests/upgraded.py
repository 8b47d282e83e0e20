"""Let tests run on a database that a wger 2.7.0a2 made and ``migrate`` upgraded, in place of one of our own.

.venv/bin/python -m pytest -q -p tests.upgraded wger_flask/testing/contract
"""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

from wger_flask.testing import server as kit

SHARED = Path(__file__).resolve().parents[2] / "shared"


def make_template(server: str | None, folder: Path, **overrides):
    """Unpack the database, upgrade it, and give its people the tokens that tests know; no starter data is added."""
    from wger_flask.auth.models import Token, User
    from wger_flask.storage.database import transaction
    from wger_flask.storage.migrations import migrate
    from wger_flask.testing.databases import prepare

    made = prepare(server, folder)
    name = f"reference-2.7.{'postgres.sql' if server else 'sqlite'}.gz"
    content = gzip.decompress((SHARED / "dataset" / name).read_bytes())
    if server:
        subprocess.run(["psql", "-q", made.url], input=content, stdout=subprocess.DEVNULL, check=True)
    else:
        made.path.write_bytes(content)
    with kit.with_app(kit.settings_for(made.url, folder, **overrides)) as app:
        registry = app.extensions["wger_flask"].registry
        migrate(registry.models, registry.plugins, nodes=registry.nodes)
        with transaction():
            for person in kit.PEOPLE:
                user = User.get(User.username == person)
                Token.delete().where(Token.user == user.id).execute()
                Token.create(key=kit.key_of(person), user=user)
    return made


def pytest_configure(config):
    """Have the fixture of the kit make its template so."""
    kit.make_template = make_template
