"""Models of wger 2.7.0 that nothing here uses: a database that wger made may have rows of them."""

from __future__ import annotations

from collections import Counter

from ..storage.database import database, has_table

# Labels, whose tables are named after them.  Each wger makes its sites.site itself.
_UNUSED = (
    "account.emailconfirmation", "actstream.action", "actstream.follow", "allauth_idp_oidc.client",
    "allauth_idp_oidc.token", "axes.accessattempt", "axes.accessattemptexpiration", "axes.accessfailurelog",
    "axes.accesslog", "easy_thumbnails.source", "easy_thumbnails.thumbnail", "easy_thumbnails.thumbnaildimensions",
    "gym.adminusernote", "gym.contract", "gym.contractoption", "gym.contracttype", "gym.gymadminconfig",
    "gym.gymconfig", "gym.gymuserconfig", "gym.userdocument", "mailer.cronentry", "mailer.log",
    "socialaccount.socialaccount", "socialaccount.socialapp", "socialaccount.socialtoken",
)  # fmt: skip
KINDS = frozenset([*_UNUSED, "authtoken.tokenproxy", "sites.site"])
"""The content types of those models, and of what has no table of its own."""


def unused_rows() -> dict[str, int]:
    """Return how many rows of each such model the database has, by label; of those with none, nothing."""
    held = database.obj
    found = {}
    for label in _UNUSED:
        table = label.replace(".", "_")
        if has_table(table):
            found[label] = held.execute_sql(f'SELECT count(*) FROM "{table}"').fetchone()[0]
    return +Counter(found)
