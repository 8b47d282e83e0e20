"""Tell clients which server they talk to, and how old either side may be."""

from __future__ import annotations

from wger_flask.api import Endpoints

# The app reads three plain numbers and nothing else: with "2.7.0a2" it stops.
SERVER = "2.7.0"  # the wire that is spoken here
MIN_APP = "2.1.0"
MIN_SERVER = "2.5.0"

versions = Endpoints("versions", "Versions, as JSON strings.")


@versions.endpoint("version")
def version(call):
    """Return the version of the API that this server speaks."""
    return SERVER


@versions.endpoint("min-app-version")
def min_app_version(call):
    """Return the oldest version of the app that this server works with."""
    return MIN_APP


@versions.endpoint("min-server-version")
def min_server_version(call):
    """Return the oldest version of a server that current apps work with."""
    return MIN_SERVER
