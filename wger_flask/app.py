"""Build the application: settings, storage, accounts, the kit, the subjects, the plugins.

The one module that may import everything, and that nothing imports.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flask import Flask, Response, g
from flask import request as flask_request
from werkzeug.middleware.proxy_fix import ProxyFix

from . import backups, jobs, logs, pull, sync, takeout, web, webhooks
from .auth import audit, cookies
from .auth import extension as accounts
from .auth.first_answers import FirstAnswers
from .auth.schemes import authenticate
from .folders import shipped
from .imports import registering as imports
from .mail.delivery import delivery
from .mail.outbox import Outbox
from .open_application import check_open, claim, close_app, open_app, use_declarations, use_settings
from .operations import probes
from .options import SettingsError
from .plugin_loader import register_plugins
from .plugin_settings import installed_names
from .rest import (
    blueprint,
    body_limits,
    cors,
    error_handlers,
    files,
    finishing,
    mount,
    request,
    request_id,
    response_headers,
    root,
)
from .rest.answer_cache import AnswerCache
from .rest.application import Application
from .rest.openapi.document import LazyApi
from .rest.registry import Registry
from .rest.services import Services
from .rest.throttling import Throttle
from .secrets import secret_key
from .settings import Settings
from .settings_reader import load
from .storage.database import note_writes, release_connection, take_up
from .storage.shared_counters import CountersError, open_counters

__all__ = ["close_app", "create_app", "open_app"]

SUBJECTS = ("core", "exercises", "routines", "nutrition", "measurements", "gallery", "trophies")
RATES = {
    "exercise_create": "20/hour",
    "ingredient_list": "120/min",
    "ingredient_detail": "300/min",
    "ingredient_sync": "600/min",
    "login": "10/min",
    "registration": "5/min",
    "mail": "5/min",
    "recipient": "5/hour",
}


def create_app(settings: Settings | None = None, **overrides: Any) -> Flask:
    """Return the WSGI application, which is open; ``overrides`` are settings by name.

    A process has one open application at a time: :func:`close_app` makes room for another.

    Raises :class:`~wger_flask.options.SettingsError`, :class:`~wger_flask.rest.registry.RegistrationError` and
    :class:`~wger_flask.open_application.ApplicationOpen`, each with one line for a person.
    """
    settings = settings or load(**overrides)
    app = Application("wger_flask")
    claim(app)
    try:
        return _built(app, settings)
    except BaseException:
        close_app(app)
        raise


def _built(app: Application, settings: Settings) -> Flask:
    logs.configure(settings.WGER_LOG_LEVEL, settings.WGER_LOG_FORMAT, request_id.current)
    says_ids = settings.WGER_LOG_FORMAT == logs.JSON
    app.answers = AnswerCache(settings.WGER_ANSWER_CACHE_SIZE * body_limits.MEGABYTE, says_ids)
    finishing.register(app, app.answers)  # first, so that it comes last
    request.register(app, settings.WGER_MAX_JSON_SIZE * body_limits.MEGABYTE)
    registry = Registry(settings.of_plugins.declare)
    use_settings(settings)
    app.before_request(lambda: check_open(app))
    app.before_request(_look_at_database)
    counters = None
    if settings.WGER_RATELIMIT_ENABLED:
        try:
            counters = open_counters(settings.WGER_COUNTERS_URL, settings.WGER_INSTANCE_PATH)
        except CountersError as wrong:
            raise SettingsError(str(wrong)) from None
    for scope, rate in RATES.items():
        registry.add_rate(scope, rate)
    throttle = Throttle(counters, registry.rates)
    try:
        app.extensions["wger_flask"] = Services(
            registry, throttle, authenticate, settings, cookies.carries_token, cookies.is_foreign,
            audit.note_deletion, FirstAnswers(),
        )  # fmt: skip
    except ImportError as missing:
        raise SettingsError(f"WGER_MEDIA_URL: {missing.name or missing} is not installed") from missing
    except ValueError as wrong:
        raise SettingsError(f"WGER_MEDIA_URL: {wrong}") from wrong
    secret = settings.WGER_SECRET_KEY or secret_key(settings.WGER_SECRET_KEY_FILE)
    accounts.register(app, registry, settings, secret, Outbox(delivery(settings)).post, counters)
    probes.register(registry)
    sync.register(registry, settings)
    for subject in SUBJECTS:
        import_module(f"wger_flask.domain.{subject}").register(registry)
    if sync.keeps_log(settings):
        webhooks.register(registry)
    jobs.register(registry)
    imports.register(registry)
    takeout.register(registry)
    backups.register(registry, settings)
    pull.register(registry)
    loaded = register_plugins(registry, settings.WGER_PLUGINS, shipped("plugins"))
    settings.of_plugins.refuse_unknown(loaded, installed_names(shipped("plugins")))
    registry.prepare(settings)
    use_declarations(app)
    blueprint.prepare(app)
    api = LazyApi(app)
    root.mount(app, api)
    for resource in registry:
        blueprint.mount(resource, app, api)
    for item in registry.blueprints:
        api.register_blueprint(item)
    try:
        web.register(app, registry, api)
    except web.NoWebUi as wrong:
        raise SettingsError(f"WGER_WEB_UI: {wrong}") from None
    error_handlers.register(app)
    response_headers.register(app)
    request_id.register(app, says_ids)
    files.register(app)
    cors.register(app, settings.WGER_CORS_ORIGINS)
    sync.serve(app, settings)
    web.check_menu(app, registry)
    if settings.WGER_DATABASE_REPLICAS:
        app.after_request(_note_writes)
    app.teardown_appcontext(lambda error: release_connection())
    if path := mount.path_of(settings.SITE_URL):
        app.wsgi_app = mount.MountedBelow(  # type: ignore[method-assign]  # as Flask's own documentation does
            app.wsgi_app, free_path(app, path)
        )
    hops = settings.NUMBER_OF_PROXIES
    if hops:
        hosts = hops if settings.USE_X_FORWARDED_HOST else 0
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hosts, x_port=0, x_prefix=0
        )
    return app


def _look_at_database() -> None:
    """Make sure that this thread works on the right database, but for those who ask how the server is."""
    if flask_request.endpoint not in probes.ENDPOINTS:
        take_up()


def _note_writes(response: Response) -> Response:
    """Note, before the answer leaves, what its user has written: they read it, from whichever host and replica."""
    user = g.get("user")
    note_writes(user.id if user is not None else None)
    return response


def free_path(app: Flask, path: str) -> str:
    """Return ``path``, below which ``app`` shall be reached.

    Raises SettingsError where paths of ``app`` itself begin so: a proxy that cuts the path off could not be told
    from one that passes it on.
    """
    first = path.split("/")[1]
    if first in {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}:
        raise SettingsError(f"SITE_URL: the path may not begin with /{first}, as addresses of the server itself do")
    return path
