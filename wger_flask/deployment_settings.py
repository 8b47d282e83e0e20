"""Settings of where and how the server runs: its files, the proxy before it, mail, the process."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from .folders import docs_folder, instance_folder
from .options import (
    bucket_address,
    counters_address,
    database_address,
    database_address_or_none,
    database_addresses,
    first_of_group,
    host_and_port,
    origins,
    secret,
    setting,
    web_address,
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class DeploymentSettings:
    """What one host may have in another way than the next one."""

    WGER_PROFILE: str = first_of_group(
        "Where things are",
        "",
        "Profile to read: `development`, `production`, `testing`, or the path of a Python file that assigns settings.",
    )
    WGER_INSTANCE_PATH: Path = setting(
        instance_folder,
        "Folder of everything this server writes: the database, uploaded files and the secret key.",
        shown="`instance` beside `wsgi.py` in a checkout, else `~/.local/share/wger_flask`",
    )
    WGER_DATABASE_URL: str = setting(
        lambda known: f"sqlite:///{known['WGER_INSTANCE_PATH']}/wger.sqlite",
        "Database: `sqlite:///relative/file`, `sqlite:////absolute/file`, `postgresql://user:password@host/name` "
        "or `mariadb://user:password@host/name`; see `docs/backends.md`.",
        check=database_address,
        shown="the file `wger.sqlite` in the instance folder",
        secret=True,
    )
    WGER_DATABASE_DIRECT_URL: str = setting(
        "",
        "Address of the database server itself, where `WGER_DATABASE_URL` leads to a pooler in transaction mode "
        "(pgbouncer): for what belongs to a session. See `docs/scaling.md`.",
        check=database_address_or_none,
        secret=True,
    )
    WGER_DATABASE_REPLICAS: tuple[str, ...] = setting(
        (),
        "Addresses of streaming replicas that answer what only reads, separated by commas; a user who writes reads "
        "their own writes. See `docs/scaling.md`.",
        check=database_addresses,
        secret=True,
    )
    WGER_COUNTERS_URL: str = setting(
        "",
        "Where calls and failed logins are counted: `file` (in the instance folder, for one host), `database`, or "
        "`redis://host:6379/0` (Valkey too), installed with the extra `redis`.",
        check=counters_address,
        shown="`database` on PostgreSQL, else `file`",
        secret=True,
    )
    WGER_MEDIA_ROOT: Path = setting(
        lambda known: known["WGER_INSTANCE_PATH"] / "media",
        "Folder of uploaded pictures and videos.",
        shown="`media` in the instance folder",
    )
    WGER_MEDIA_URL: str = setting(
        "",
        "S3-compatible store of uploaded files in place of that folder, for several hosts: "
        "`s3://key:secret@host:port/bucket/prefix`, installed with the extra `s3`. See `docs/scaling.md`.",
        check=bucket_address,
        secret=True,
    )
    WGER_DOCS_ROOT: Path = setting(
        docs_folder,
        "Folder of the built documentation (`make docs`), which is shown below `/docs/` where it is there.",
        shown="`build/site` in a checkout, else `docs` in the instance folder",
    )
    WGER_WEB_UI: str = setting(
        "",
        "Folder with `build/` of the web UI of wger (the npm package `@wger-project/react-components`), which is then "
        "served; see `docs/web-ui.md`. Wants `WGER_BOOLEAN_FILTERS=any-spelling`.",
    )
    WGER_SECRET_KEY: str = setting(
        "",
        "The secret key itself, where several hosts get it from their environment; 32 characters at least. The file "
        "is not used then.",
        check=secret,
        secret=True,
    )
    WGER_SECRET_KEY_FILE: Path = setting(
        lambda known: known["WGER_INSTANCE_PATH"] / "secret.key",
        "File of the secret key; made on first start, readable by its owner alone, shared by all workers.",
        shown="`secret.key` in the instance folder",
    )
    WGER_SYNC_KEY_FILE: Path = setting(
        lambda known: known["WGER_INSTANCE_PATH"] / "powersync.pem",
        "File of the key pair that signs the tokens of phones; made on first use. Several hosts need the same.",
        shown="`powersync.pem` in the instance folder",
    )
    WGER_PLUGINS: tuple[str, ...] = setting(
        ("all",), "Plugins to load: `all`, `none`, or their names separated by commas."
    )
    SITE_URL: str = setting(
        "http://localhost:8000",
        "Address at which people reach this server; links in e-mails begin with it. Where it has a path "
        "(`https://example.org/wger`), everything is served below that path.",
        check=web_address,
    )

    NUMBER_OF_PROXIES: int = first_of_group(
        "Behind a proxy, and limits",
        0,
        "Trusted proxies in front, whose X-Forwarded-For and X-Forwarded-Proto are believed. With 0 no client's "
        "X-Forwarded-For is, and X-Forwarded-Proto where gunicorn believes it: from the addresses in its own variable "
        "`FORWARDED_ALLOW_IPS`, by default this machine.",
        least=0,
    )
    USE_X_FORWARDED_HOST: bool = setting(
        False, "Whether the trusted proxies' X-Forwarded-Host gives the host of links."
    )
    WGER_CORS_ORIGINS: tuple[str, ...] = setting(
        ("*",), "Origins whose pages may call the API: `*`, `none`, or addresses separated by commas.", check=origins
    )
    CSRF_TRUSTED_ORIGINS: tuple[str, ...] = setting(
        (), "Further origins whose pages may send forms with a session cookie, separated by commas.", check=origins
    )
    SESSION_COOKIE_SECURE: bool = setting(
        lambda known: known["SITE_URL"].startswith("https:"),
        "Whether browsers send the session and CSRF cookies over https alone.",
        shown="True if `SITE_URL` begins with https",
    )
    WGER_RATELIMIT_ENABLED: bool = setting(
        True, "Whether the rate limits hold (429 beyond them), the lockout after failed logins among them."
    )
    AXES_ENABLED: bool = setting(True, "Whether failed logins lock out the address they come from (of IPv6, its /64).")
    AXES_FAILURE_LIMIT: int = setting(10, "Failed logins from one address before it is locked out.", least=1)
    AXES_COOLOFF_TIME: int = setting(30, "Minutes for which an address stays locked out.", least=1)

    EMAIL_HOST: str = first_of_group("E-mail", "", "SMTP server; without one, e-mails are printed to the console.")
    EMAIL_PORT: int = setting(
        lambda known: 25 if known["EMAIL_HOST"] == "localhost" else 587,
        "Port of the SMTP server.",
        least=1,
        most=65535,
        shown="587, or 25 on localhost",
    )
    EMAIL_HOST_USER: str = setting("", "User name at the SMTP server; without one, no login is tried.")
    EMAIL_HOST_PASSWORD: str = setting("", "Password at the SMTP server.", secret=True)
    EMAIL_USE_TLS: bool = setting(False, "Whether to encrypt with STARTTLS, as usual on port 587.")
    EMAIL_USE_SSL: bool = setting(False, "Whether to encrypt from the first byte, as usual on port 465.")
    FROM_EMAIL: str = setting("wger <wger@localhost>", "Sender of e-mails.")

    WGER_BIND: str = first_of_group(
        "The process", "127.0.0.1:8000", "Address and port, or `unix:/path`, on which `wger-flask serve` listens."
    )
    WGER_WORKERS: int = setting(2, "Processes of gunicorn.", least=1)
    WGER_THREADS: int = setting(4, "Threads of each process.", least=1)
    WGER_HEAD_TIMEOUT: int = setting(
        10, "Seconds within which the head of a request must have arrived, and each body at its lowest rate.", least=1
    )
    WGER_MIN_BODY_RATE: int = setting(
        4, "Lowest rate, in kilobytes a second, at which a body may arrive after its first seconds.", least=1
    )
    WGER_WRITE_WAIT: int = setting(
        10,
        "Seconds for which a write waits for others before it is refused with 503; half of the threads are kept for "
        "reading meanwhile.",
        least=1,
    )
    WGER_AUDIT_DAYS: int = setting(
        90, "Days for which the audit log keeps who logged in and what was done to accounts; 0 notes nothing.", least=0
    )
    WGER_AUDIT_ADDRESSES: bool = setting(
        False, "Whether the audit log keeps the address (IP) that an act came from: it is about people."
    )
    WGER_METRICS_BIND: str = setting(
        "",
        "Address and port on which `/metrics` is served for Prometheus, such as `127.0.0.1:9100`; without one nothing "
        "is counted. It asks for no login: choose an address that only the monitoring reaches.",
        check=host_and_port,
    )
    WGER_MIN_FREE_DISK: int = setting(
        100, "Megabytes that must be free on the disk, or `/readyz` and `wger-flask doctor` call it full.", least=0
    )
    WGER_JOBS: bool = setting(
        True,
        "Whether processes of this host do what needs no request (webhooks, daily jobs); one of all hosts is elected.",
    )
    WGER_BACKUP_DIR: str = setting(
        "",
        "Folder in which backups are made again and again (`docs/backups.md`); without one, none are. It should be on "
        "another disk than the data; several hosts need one that they share.",
    )
    WGER_BACKUP_EVERY: int = setting(24, "Hours between two of them.", least=1)
    WGER_BACKUP_KEEP: int = setting(7, "How many of them are kept; older ones are deleted.", least=1)
    WGER_BACKUP_MEDIA: bool = setting(
        True, "Whether uploaded pictures and videos are in them, for stores of files that are backed up by themselves."
    )
    WGER_ANSWER_CACHE_SIZE: int = setting(
        8,
        "Megabytes of finished answers that each process keeps, to give them again until something is written; 0 keeps "
        "none.",
        least=0,
    )
    WGER_ROW_CACHE_SIZE: int = setting(
        2,
        "Megabytes of rows in JSON that each process keeps, to put them into other answers until something is written: "
        "those that everybody sees and that take several queries, as exercises with all that belongs to them; 0 keeps "
        "none.",
        least=0,
    )
    WGER_LOG_LEVEL: str = setting(
        "info", "How much is logged.", choices=("debug", "info", "warning", "error", "critical")
    )
    WGER_LOG_FORMAT: str = setting(
        "text",
        "How the log is written: `text` for people, `json` for programs, an object a line.",
        choices=("text", "json"),
    )
    WGER_ACCESS_LOG: bool = setting(False, "Whether every request is logged to the console.")
