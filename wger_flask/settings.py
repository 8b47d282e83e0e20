"""Every setting once: type, default, help; those of the machine that the server runs on in :mod:`.deployment_settings`.

A value comes from the first place that has one: an argument of :func:`.settings_reader.load`, the environment, the
profile that ``WGER_PROFILE`` names, the default here.  Names that wger already has mean the same here; those that are
ours begin with ``WGER_``.  The defaults suit a server in use: a profile is never needed for safety.
``docs/configuration.md`` is generated from both, by :mod:`.settings_page`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from . import plugin_settings
from .deployment_settings import DeploymentSettings
from .options import Option, first_of_group, setting, time_zone, web_address_or_off


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings(DeploymentSettings):
    """The settings of one process; made by :func:`.settings_reader.load`, never changed."""

    TIME_ZONE: str = first_of_group(
        "The site",
        "UTC",
        "IANA time zone in which moments are written and days begin, but for users whose profile names one "
        "of their own (wger's own containers use Europe/Berlin).",
        check=time_zone,
    )
    ALLOW_REGISTRATION: bool = setting(True, "Whether people may make their own account.")
    MIN_ACCOUNT_AGE_TO_TRUST: int = setting(
        21, "Days after which an account with a verified e-mail address may contribute exercises.", least=0
    )
    EXERCISE_CACHE_TTL: int = setting(
        3600,
        "Seconds for which clients may keep vocabulary such as muscles, equipment, categories and languages.",
        least=0,
    )
    WGER_CATALOGUE_MAX_AGE: int = setting(
        0,
        "Seconds for which clients and proxies may keep the rest of the catalogue (exercises, foods, their pictures) "
        "without asking; with 0 they ask each time whether theirs is the newest.",
        least=0,
    )
    WGER_SEARCH: str = setting(
        "best",
        "How names are searched: `best` forgives accents, case and typing errors; `substring` is a plain match.",
        choices=("best", "substring"),
    )
    WGER_KEEP_PHOTO_POSITION: bool = setting(
        False, "Keep in uploaded photos where they were taken (Exif GPS, XMP). Without, it is taken out of them."
    )
    WGER_PRIVATE_MEDIA: bool = setting(
        False,
        "Give the photos of a user to the session or the token of that user alone. Without, a client that knows the "
        "address of a photo, which cannot be guessed, may load it; wger's phone app needs that.",
    )
    WGER_OPEN_FOOD_FACTS: str = setting(
        "https://world.openfoodfacts.org",
        "Open Food Facts server that is asked for barcodes of unknown foods, or `off`.",
        check=web_address_or_off,
    )
    WGER_OPEN_FOOD_FACTS_TIMEOUT: int = setting(3, "Seconds that it may take to answer.", least=1)
    WGER_BOOLEAN_FILTERS: str = setting(
        "documented",
        "Which booleans count in a filter: `documented` takes `True` and `False`; "
        "`any-spelling` also `true`, `1` and the like.",
        choices=("documented", "any-spelling"),
    )
    WGER_DELETED_ROUTINES: str = setting(
        "keep-history",
        "What happens to sessions and logs when their routine, day, slot or entry is deleted: "
        "`keep-history` keeps them, `cascade` deletes them too.",
        choices=("keep-history", "cascade"),
    )
    WGER_MAX_SESSION_LENGTH_HOURS: int = setting(
        5, "Longest workout session in hours. For as long, a log finds a session that was not ended.", least=1, most=168
    )
    WGER_MAX_PAGE_SIZE: int = setting(999, "Largest `limit` of a list; more is cut down to it.", least=1)
    WGER_MAX_BODY_SIZE: int = setting(110, "Largest form with a picture or a film in megabytes.", least=1)
    WGER_MAX_JSON_SIZE: int = setting(
        1, "Largest body without files in megabytes, JSON or form. It may hold some 20,000 values a megabyte.", least=1
    )
    WGER_MAX_BULK_SIZE: int = setting(5, "The same where many rows may be sent at once.", least=1)

    ACCESS_TOKEN_LIFETIME: int = first_of_group(
        "Accounts and tokens", 15, "Minutes for which an access token of `/api/v2/token` is valid.", least=1
    )
    REFRESH_TOKEN_LIFETIME: int = setting(24, "Hours for which a refresh token of `/api/v2/token` is valid.", least=1)
    WGER_ROTATE_REFRESH_TOKENS: bool = setting(
        False, "Whether `/api/v2/token/refresh` gives a new refresh token and refuses the old one from then on."
    )
    WGER_HEADLESS_ACCESS_TOKEN_LIFETIME: int = setting(
        5, "Minutes for which an access token of `/allauth/app/v1` is valid.", least=1
    )
    WGER_HEADLESS_REFRESH_TOKEN_LIFETIME: int = setting(
        2880, "Hours for which a refresh token of `/allauth/app/v1` is valid (2880 are 120 days).", least=1
    )
    WGER_PASSWORD_HASH: str = setting(
        "argon2",
        "How new passwords are hashed: `argon2` as wger 2.7 does, of which each process makes one at a time with "
        "100 MB, or `pbkdf2_sha256` for hosts with little memory. Hashes of other formats are replaced on login, "
        "those of argon2 never.",
        choices=("argon2", "pbkdf2_sha256"),
    )
    WGER_PASSWORD_ITERATIONS: int = setting(
        1_200_000,
        "Rounds of PBKDF2 in new password hashes, where that was chosen; older hashes are brought up to it on login.",
        least=1,
    )

    WGER_SYNC: bool = first_of_group(
        "Sync with phones",
        True,
        "Whether phones may sync with this server; see `docs/sync.md`. Without it nothing is noted for them in the "
        "database.",
    )
    POWERSYNC_URL: str = setting(
        "", "Address of a PowerSync service of your own, which phones are then told; the sync here is off with it."
    )
    WGER_SYNC_TOKEN_LIFETIME: int = setting(600, "Seconds for which a phone's token for the sync is valid.", least=20)
    WGER_SYNC_STREAM_LIFETIME: int = setting(
        5, "Minutes after which a phone's connection is ended; it comes back at once and goes on.", least=1
    )
    WGER_SYNC_KEEPALIVE: int = setting(
        20,
        "Seconds of silence after which something is sent, so that no proxy takes a connection for dead.",
        least=1,
        most=30,
    )
    WGER_SYNC_POLL_INTERVAL: int = setting(
        200, "Milliseconds between two looks at whether anything was written.", least=20, most=5000
    )
    WGER_SYNC_STREAMS: int = setting(
        400,
        "Phones that may be connected to each process at a time; further ones are told to come back later.",
        least=1,
    )
    WGER_SYNC_STREAMS_PER_USER: int = setting(60, "The same of one user.", least=1)
    WGER_SYNC_ONE_CHECKPOINT: bool = setting(
        False,
        "Whether a connection of a phone ends once it is up to date, for proxies that hold back or cut long answers; "
        "changes then take some five seconds to arrive.",
    )
    WGER_WEBHOOK_PRIVATE_ADDRESSES: bool = setting(
        False,
        "Whether webhooks may lead to this machine and to private networks; by default messages go to public addresses "
        "alone.",
    )
    WGER_SYNC_GZIP: bool = setting(False, "Whether what phones are sent is compressed, where they take it.")

    of_plugins: plugin_settings.PluginSettings = dataclasses.field(
        default_factory=lambda: plugin_settings.PluginSettings({}), repr=False, compare=False
    )

    @property
    def serves_sync(self) -> bool:
        """Whether phones sync with this server itself: with a service of one's own, they do with that."""
        return self.WGER_SYNC and not self.POWERSYNC_URL

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Return a setting that a plugin declares."""
            values = self.__dict__["of_plugins"].values if "of_plugins" in self.__dict__ else {}
            if name in values:
                return values[name]
            raise AttributeError(f"{name} is no setting")


def options() -> Iterator[Option]:
    """Yield every setting's declaration in order."""
    group = ""
    for field in dataclasses.fields(Settings):
        if "help" not in field.metadata:  # those of plugins
            continue
        rest = dict(field.metadata)
        group = rest.pop("group", group)
        yield Option(name=field.name, type=str(field.type), group=group, **rest)


OPTIONS = {option.name: option for option in options()}
