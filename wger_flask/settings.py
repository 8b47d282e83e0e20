"""Every setting once: type, default, help.

A value comes from the first place that has one: an argument of :func:`.settings_reader.load`, the environment, the
profile that ``WGER_PROFILE`` names, the default here.  Names that wger already has mean the same here; those that are
ours begin with ``WGER_``.  The defaults suit a server in use: a profile is never needed for safety.
``docs/configuration.md`` is generated from here, by :mod:`.settings_page`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import plugin_settings
from .folders import docs_folder, instance_folder
from .options import (
    Option,
    bucket_address,
    counters_address,
    database_address,
    database_address_or_none,
    database_addresses,
    host_and_port,
    origins,
    secret,
    time_zone,
    web_address,
    web_address_or_off,
)  # fmt: skip


def _set(default: Any, help: str, **rest: Any) -> Any:
    return dataclasses.field(repr=not rest.get("secret"), metadata={"default": default, "help": help, **rest})


def _group(title: str, default: Any, help: str, **rest: Any) -> Any:
    """Declare the first setting of a group."""
    return _set(default, help, group=title, **rest)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one process; made by :func:`.settings_reader.load`, never changed."""

    WGER_PROFILE: str = _group(
        "Where things are",
        "",
        "Profile to read: `development`, `production`, `testing`, or the path of a Python file that assigns settings.",
    )
    WGER_INSTANCE_PATH: Path = _set(
        instance_folder,
        "Folder of everything this server writes: the database, uploaded files and the secret key.",
        shown="`instance` beside `wsgi.py` in a checkout, else `~/.local/share/wger_flask`",
    )
    WGER_DATABASE_URL: str = _set(
        lambda known: f"sqlite:///{known['WGER_INSTANCE_PATH']}/wger.sqlite",
        "Database: `sqlite:///relative/file`, `sqlite:////absolute/file`, `postgresql://user:password@host/name` "
        "or `mariadb://user:password@host/name`; see `docs/backends.md`.",
        check=database_address,
        shown="the file `wger.sqlite` in the instance folder",
        secret=True,
    )
    WGER_DATABASE_DIRECT_URL: str = _set(
        "",
        "Address of the database server itself, where `WGER_DATABASE_URL` leads to a pooler in transaction mode "
        "(pgbouncer): for what belongs to a session. See `docs/scaling.md`.",
        check=database_address_or_none,
        secret=True,
    )
    WGER_DATABASE_REPLICAS: tuple[str, ...] = _set(
        (),
        "Addresses of streaming replicas that answer what only reads, separated by commas; whoever writes reads their "
        "own writes. See `docs/scaling.md`.",
        check=database_addresses,
        secret=True,
    )
    WGER_COUNTERS_URL: str = _set(
        "",
        "Where calls and failed logins are counted: `file` (in the instance folder, for one host), `database`, or "
        "`redis://host:6379/0` (Valkey too), installed with the extra `redis`.",
        check=counters_address,
        shown="`database` on PostgreSQL, else `file`",
        secret=True,
    )
    WGER_MEDIA_ROOT: Path = _set(
        lambda known: known["WGER_INSTANCE_PATH"] / "media",
        "Folder of uploaded pictures and videos.",
        shown="`media` in the instance folder",
    )
    WGER_MEDIA_URL: str = _set(
        "",
        "S3-compatible store of uploaded files in place of that folder, for several hosts: "
        "`s3://key:secret@host:port/bucket/prefix`, installed with the extra `s3`. See `docs/scaling.md`.",
        check=bucket_address,
        secret=True,
    )
    WGER_DOCS_ROOT: Path = _set(
        docs_folder,
        "Folder of the built documentation (`make docs`), which is shown below `/docs/` where it is there.",
        shown="`build/site` in a checkout, else `docs` in the instance folder",
    )
    WGER_WEB_UI: str = _set(
        "",
        "Folder with `build/` of the web UI of wger (the npm package `@wger-project/react-components`), which is then "
        "served; see `docs/web-ui.md`. Wants `WGER_BOOLEAN_FILTERS=any-spelling`.",
    )
    WGER_SECRET_KEY: str = _set(
        "",
        "The secret key itself, where several hosts get it from their environment; 32 characters at least. The file "
        "is not used then.",
        check=secret,
        secret=True,
    )
    WGER_SECRET_KEY_FILE: Path = _set(
        lambda known: known["WGER_INSTANCE_PATH"] / "secret.key",
        "File of the secret key; made on first start, readable by its owner alone, shared by all workers.",
        shown="`secret.key` in the instance folder",
    )
    WGER_SYNC_KEY_FILE: Path = _set(
        lambda known: known["WGER_INSTANCE_PATH"] / "powersync.pem",
        "File of the key pair that signs the tokens of phones; made on first use. Several hosts need the same.",
        shown="`powersync.pem` in the instance folder",
    )
    WGER_PLUGINS: tuple[str, ...] = _set(
        ("all",), "Plugins to load: `all`, `none`, or their names separated by commas."
    )

    SITE_URL: str = _group(
        "The site",
        "http://localhost:8000",
        "Address at which people reach this server; links in e-mails begin with it. Where it has a path "
        "(`https://example.org/wger`), everything is served below that path.",
        check=web_address,
    )
    TIME_ZONE: str = _set(
        "UTC",
        "IANA time zone in which moments are written and days begin, but for users whose profile names one "
        "of their own (wger's own containers use Europe/Berlin).",
        check=time_zone,
    )
    ALLOW_REGISTRATION: bool = _set(True, "Whether people may make their own account.")
    MIN_ACCOUNT_AGE_TO_TRUST: int = _set(
        21, "Days after which an account with a verified e-mail address may contribute exercises.", least=0
    )
    EXERCISE_CACHE_TTL: int = _set(
        3600,
        "Seconds for which clients may keep vocabulary such as muscles, equipment, categories and languages.",
        least=0,
    )
    WGER_CATALOGUE_MAX_AGE: int = _set(
        0,
        "Seconds for which clients and proxies may keep the rest of the catalogue (exercises, foods, their pictures) "
        "without asking; with 0 they ask each time whether theirs is the newest.",
        least=0,
    )
    WGER_SEARCH: str = _set(
        "best",
        "How names are searched: `best` forgives accents, case and typing errors; `substring` is a plain match.",
        choices=("best", "substring"),
    )
    WGER_KEEP_PHOTO_POSITION: bool = _set(
        False, "Keep in uploaded photos where they were taken (Exif GPS, XMP). Without, it is taken out of them."
    )
    WGER_PRIVATE_MEDIA: bool = _set(
        False,
        "Give the photos of a user to the session or the token of that user alone. Without, whoever knows the address "
        "of a photo, which cannot be guessed, may load it; wger's phone app needs that.",
    )
    WGER_OPEN_FOOD_FACTS: str = _set(
        "https://world.openfoodfacts.org",
        "Open Food Facts server that is asked for barcodes of unknown foods, or `off`.",
        check=web_address_or_off,
    )
    WGER_OPEN_FOOD_FACTS_TIMEOUT: int = _set(3, "Seconds that it may take to answer.", least=1)
    WGER_BOOLEAN_FILTERS: str = _set(
        "documented",
        "Which booleans count in a filter: `documented` takes `True` and `False`; "
        "`any-spelling` also `true`, `1` and the like.",
        choices=("documented", "any-spelling"),
    )
    WGER_DELETED_ROUTINES: str = _set(
        "keep-history",
        "What happens to sessions and logs when their routine, day, slot or entry is deleted: "
        "`keep-history` keeps them, `cascade` deletes them too.",
        choices=("keep-history", "cascade"),
    )
    WGER_MAX_SESSION_LENGTH_HOURS: int = _set(
        5, "Longest workout session in hours. For as long, a log finds a session that was not ended.", least=1, most=168
    )
    WGER_MAX_PAGE_SIZE: int = _set(999, "Largest `limit` of a list; more is cut down to it.", least=1)
    WGER_MAX_BODY_SIZE: int = _set(110, "Largest form with a picture or a film in megabytes.", least=1)
    WGER_MAX_JSON_SIZE: int = _set(
        1,
        "Largest body without files in megabytes, JSON or form. It may hold some 20,000 values a megabyte.",
        least=1,
    )
    WGER_MAX_BULK_SIZE: int = _set(5, "The same where many rows may be sent at once.", least=1)

    ACCESS_TOKEN_LIFETIME: int = _group(
        "Accounts and tokens", 15, "Minutes for which an access token of `/api/v2/token` is valid.", least=1
    )
    REFRESH_TOKEN_LIFETIME: int = _set(24, "Hours for which a refresh token of `/api/v2/token` is valid.", least=1)
    WGER_ROTATE_REFRESH_TOKENS: bool = _set(
        False, "Whether `/api/v2/token/refresh` gives a new refresh token and refuses the old one from then on."
    )
    WGER_HEADLESS_ACCESS_TOKEN_LIFETIME: int = _set(
        5, "Minutes for which an access token of `/allauth/app/v1` is valid.", least=1
    )
    WGER_HEADLESS_REFRESH_TOKEN_LIFETIME: int = _set(
        2880, "Hours for which a refresh token of `/allauth/app/v1` is valid (2880 are 120 days).", least=1
    )
    WGER_PASSWORD_HASH: str = _set(
        "argon2",
        "How new passwords are hashed: `argon2` as wger 2.7 does, of which each process makes one at a time with "
        "100 MB, or `pbkdf2_sha256` for hosts with little memory. Hashes of other formats are replaced on login, "
        "those of argon2 never.",
        choices=("argon2", "pbkdf2_sha256"),
    )
    WGER_PASSWORD_ITERATIONS: int = _set(
        1_200_000,
        "Rounds of PBKDF2 in new password hashes, where that was chosen; older hashes are brought up to it on login.",
        least=1,
    )

    WGER_SYNC: bool = _group(
        "Sync with phones",
        True,
        "Whether phones may sync with this server; see `docs/sync.md`. Without it nothing is noted for them in the "
        "database.",
    )
    POWERSYNC_URL: str = _set(
        "",
        "Address of a PowerSync service of your own, which phones are then told; the sync here is off with it.",
    )
    WGER_SYNC_TOKEN_LIFETIME: int = _set(600, "Seconds for which a phone's token for the sync is valid.", least=20)
    WGER_SYNC_STREAM_LIFETIME: int = _set(
        5, "Minutes after which a phone's connection is ended; it comes back at once and goes on.", least=1
    )
    WGER_SYNC_KEEPALIVE: int = _set(
        20, "Seconds of silence after which something is sent, so that no proxy takes a connection for dead.",
        least=1, most=30,
    )  # fmt: skip
    WGER_SYNC_POLL_INTERVAL: int = _set(
        200, "Milliseconds between two looks at whether anything was written.", least=20, most=5000
    )
    WGER_SYNC_STREAMS: int = _set(
        400,
        "Phones that may be connected to each process at a time; further ones are told to come back later.",
        least=1,
    )
    WGER_SYNC_STREAMS_PER_USER: int = _set(60, "The same of one user.", least=1)
    WGER_SYNC_ONE_CHECKPOINT: bool = _set(
        False,
        "Whether a connection of a phone ends once it is up to date, for proxies that hold back or cut long answers; "
        "changes then take some five seconds to arrive.",
    )
    WGER_WEBHOOK_PRIVATE_ADDRESSES: bool = _set(
        False,
        "Whether webhooks may lead to this machine and to private networks; by default messages go to public addresses "
        "alone.",
    )
    WGER_SYNC_GZIP: bool = _set(False, "Whether what phones are sent is compressed, where they take it.")

    NUMBER_OF_PROXIES: int = _group(
        "Behind a proxy, and limits",
        0,
        "Trusted proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed. With 0 no client's "
        "X-Forwarded-For is, and X-Forwarded-Proto where gunicorn believes it: from the addresses in its own variable "
        "`FORWARDED_ALLOW_IPS`, by default this machine.",
        least=0,
    )
    USE_X_FORWARDED_HOST: bool = _set(False, "Whether the trusted proxies' X-Forwarded-Host gives the host of links.")
    WGER_CORS_ORIGINS: tuple[str, ...] = _set(
        ("*",), "Origins whose pages may call the API: `*`, `none`, or addresses separated by commas.", check=origins
    )
    CSRF_TRUSTED_ORIGINS: tuple[str, ...] = _set(
        (), "Further origins whose pages may send forms with a session cookie, separated by commas.", check=origins
    )
    SESSION_COOKIE_SECURE: bool = _set(
        lambda known: known["SITE_URL"].startswith("https:"),
        "Whether browsers send the session and CSRF cookies over https alone.",
        shown="True if `SITE_URL` begins with https",
    )
    WGER_RATELIMIT_ENABLED: bool = _set(
        True, "Whether the rate limits hold (429 beyond them), the lockout after failed logins among them."
    )
    AXES_ENABLED: bool = _set(True, "Whether failed logins lock out the address they come from (of IPv6, its /64).")
    AXES_FAILURE_LIMIT: int = _set(10, "Failed logins from one address before it is locked out.", least=1)
    AXES_COOLOFF_TIME: int = _set(30, "Minutes for which an address stays locked out.", least=1)

    EMAIL_HOST: str = _group("E-mail", "", "SMTP server; without one, e-mails are printed to the console.")
    EMAIL_PORT: int = _set(
        lambda known: 25 if known["EMAIL_HOST"] == "localhost" else 587,
        "Port of the SMTP server.",
        least=1,
        most=65535,
        shown="587, or 25 on localhost",
    )
    EMAIL_HOST_USER: str = _set("", "User name at the SMTP server; without one, no login is tried.")
    EMAIL_HOST_PASSWORD: str = _set("", "Password at the SMTP server.", secret=True)
    EMAIL_USE_TLS: bool = _set(False, "Whether to encrypt with STARTTLS, as usual on port 587.")
    EMAIL_USE_SSL: bool = _set(False, "Whether to encrypt from the first byte, as usual on port 465.")
    FROM_EMAIL: str = _set("wger <wger@localhost>", "Sender of e-mails.")

    WGER_BIND: str = _group(
        "The process", "127.0.0.1:8000", "Address and port, or `unix:/path`, on which `wger-flask serve` listens."
    )
    WGER_WORKERS: int = _set(2, "Processes of gunicorn.", least=1)
    WGER_THREADS: int = _set(4, "Threads of each process.", least=1)
    WGER_HEAD_TIMEOUT: int = _set(
        10, "Seconds within which the head of a request must have arrived, and each body at its lowest rate.", least=1
    )
    WGER_MIN_BODY_RATE: int = _set(
        4, "Lowest rate, in kilobytes a second, at which a body may arrive after its first seconds.", least=1
    )
    WGER_WRITE_WAIT: int = _set(
        10,
        "Seconds for which a write waits for others before it is refused with 503; half of the threads are kept for "
        "reading meanwhile.",
        least=1,
    )
    WGER_AUDIT_DAYS: int = _set(
        90, "Days for which the audit log keeps who logged in and what was done to accounts; 0 notes nothing.", least=0
    )
    WGER_AUDIT_ADDRESSES: bool = _set(
        False, "Whether the audit log keeps the address (IP) that an act came from: it is about people."
    )
    WGER_METRICS_BIND: str = _set(
        "",
        "Address and port on which `/metrics` is served for Prometheus, such as `127.0.0.1:9100`; without one nothing "
        "is counted. It asks for no login: choose an address that only the monitoring reaches.",
        check=host_and_port,
    )
    WGER_MIN_FREE_DISK: int = _set(
        100, "Megabytes that must be free on the disk, or `/readyz` and `wger-flask doctor` call it full.", least=0
    )
    WGER_JOBS: bool = _set(
        True,
        "Whether processes of this host do what needs no request (webhooks, daily jobs); one of all hosts is elected.",
    )
    WGER_BACKUP_DIR: str = _set(
        "",
        "Folder in which backups are made again and again (`docs/backups.md`); without one, none are. It should be on "
        "another disk than the data; several hosts need one that they share.",
    )
    WGER_BACKUP_EVERY: int = _set(24, "Hours between two of them.", least=1)
    WGER_BACKUP_KEEP: int = _set(7, "How many of them are kept; older ones are deleted.", least=1)
    WGER_BACKUP_MEDIA: bool = _set(
        True, "Whether uploaded pictures and videos are in them, for stores of files that are backed up by themselves."
    )
    WGER_ANSWER_CACHE_SIZE: int = _set(
        8,
        "Megabytes of finished answers that each process keeps, to give them again until something is written; 0 keeps "
        "none.",
        least=0,
    )
    WGER_LOG_LEVEL: str = _set("info", "How much is logged.", choices=("debug", "info", "warning", "error", "critical"))
    WGER_LOG_FORMAT: str = _set(
        "text", "How the log is written: `text` for people, `json` for programs, an object a line.",
        choices=("text", "json"),
    )  # fmt: skip
    WGER_ACCESS_LOG: bool = _set(False, "Whether every request is logged to the console.")

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
