"""Settings: where a value comes from, what is refused and in which words, and their page."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wger_flask import folders
from wger_flask.folders import shipped
from wger_flask.options import SettingsError
from wger_flask.settings import Settings, options
from wger_flask.settings_page import describe, of_shipped_plugins
from wger_flask.settings_reader import load

ROOT = Path(__file__).resolve().parent.parent


def read(profile=None, /, **environ):
    return load(profile, environ=environ)


def test_defaults_are_complete_and_safe():
    settings = read()
    assert settings.WGER_RATELIMIT_ENABLED and settings.AXES_ENABLED
    assert settings.NUMBER_OF_PROXIES == 0 and not settings.USE_X_FORWARDED_HOST
    assert settings.WGER_BIND == "127.0.0.1:8000"
    assert settings.TIME_ZONE == "UTC"
    assert (settings.ACCESS_TOKEN_LIFETIME, settings.REFRESH_TOKEN_LIFETIME) == (15, 24)
    assert settings.WGER_PASSWORD_ITERATIONS == 1_200_000


def test_a_checkout_keeps_everything_in_its_instance_folder():
    settings = read()
    assert settings.WGER_INSTANCE_PATH == ROOT / "instance"
    assert settings.WGER_DATABASE_URL.endswith(f"{ROOT}/instance/wger.sqlite")
    assert settings.WGER_MEDIA_ROOT == ROOT / "instance" / "media"


def test_an_installation_keeps_everything_in_the_users_data_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(folders, "PACKAGE", tmp_path / "site-packages" / "wger_flask")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert read().WGER_INSTANCE_PATH == tmp_path / "data" / "wger_flask"


def test_the_instance_folder_moves_what_lies_in_it(tmp_path):
    settings = read(WGER_INSTANCE_PATH=str(tmp_path), WGER_MEDIA_ROOT="/srv/media")
    assert settings.WGER_SECRET_KEY_FILE == tmp_path / "secret.key"
    assert settings.WGER_DATABASE_URL.endswith(f"{tmp_path}/wger.sqlite")
    assert settings.WGER_MEDIA_ROOT == Path("/srv/media")


def test_overrides_win_over_environment_over_profile_over_default(tmp_path):
    profile = tmp_path / "mine.py"
    profile.write_text("import os\nhere = os.sep\nTIME_ZONE = 'Asia/Tokyo'\n")
    assert read(str(profile)).TIME_ZONE == "Asia/Tokyo"
    assert read(WGER_PROFILE=str(profile)).TIME_ZONE == "Asia/Tokyo"
    assert read(str(profile), TIME_ZONE="Europe/Paris").TIME_ZONE == "Europe/Paris"
    assert load(str(profile), environ={"TIME_ZONE": "Europe/Paris"}, TIME_ZONE="UTC").TIME_ZONE == "UTC"
    assert read(str(profile), TIME_ZONE="").TIME_ZONE == "Asia/Tokyo", "an empty variable counts as absent"


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "config").glob("*.py") if "." not in path.stem))
def test_every_profile_that_ships_is_read(name):
    settings = read(name)
    assert settings.WGER_PROFILE == name
    assert settings != dataclasses.replace(read(), WGER_PROFILE=name), "a profile changes something"


def test_the_production_profile_trusts_one_proxy_and_sends_cookies_over_https():
    settings = read("production")
    assert (settings.NUMBER_OF_PROXIES, settings.SESSION_COOKIE_SECURE) == (1, True)


@pytest.mark.parametrize("address, secure", [("http://gym.example", False), ("https://gym.example", True)])
def test_cookies_are_secure_where_the_site_is(address, secure):
    assert read(SITE_URL=address).SESSION_COOKIE_SECURE is secure


@pytest.mark.parametrize(
    "name, text, value",
    [
        ("WGER_RATELIMIT_ENABLED", "0", False),
        ("WGER_RATELIMIT_ENABLED", "no", False),
        ("WGER_ROTATE_REFRESH_TOKENS", "1", True),
        ("WGER_ROTATE_REFRESH_TOKENS", "YES", True),
        ("WGER_ROTATE_REFRESH_TOKENS", " tRuE ", True),
        ("WGER_WORKERS", " 3 ", 3),
        ("WGER_PLUGINS", "none", ()),
        ("WGER_PLUGINS", "all", ("all",)),
        ("WGER_PLUGINS", "water, sleep,", ("water", "sleep")),
        ("WGER_CORS_ORIGINS", "None", ()),
        ("CSRF_TRUSTED_ORIGINS", "https://a.example,http://b.example:81", ("https://a.example", "http://b.example:81")),
        ("WGER_MEDIA_ROOT", "/srv/a b", Path("/srv/a b")),
        ("TIME_ZONE", "Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_text_becomes_the_type(name, text, value):
    got = getattr(read(**{name: text}), name)
    assert got == value and type(got) in (type(value), type(Path()))


def test_relative_paths_and_the_home_folder_are_resolved(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    assert read(WGER_MEDIA_ROOT="media").WGER_MEDIA_ROOT == tmp_path / "media"
    assert read(WGER_MEDIA_ROOT="~/media").WGER_MEDIA_ROOT == Path("/home/ada/media")


@pytest.mark.parametrize(
    "name, text",
    [
        ("TIME_ZONE", "Mars/Olympus"),
        ("TIME_ZONE", "../../etc/passwd"),
        ("TIME_ZONE", "Europe"),
        ("SITE_URL", "gym.example"),
        ("SITE_URL", "https://"),
        ("WGER_DATABASE_URL", "wger.db"),
        ("WGER_WORKERS", "0"),
        ("WGER_WORKERS", "2.5"),
        ("WGER_WORKERS", "many"),
        ("EMAIL_PORT", "65536"),
        ("AXES_ENABLED", "maybe"),
        ("WGER_SEARCH", "worst"),
        ("WGER_BOOLEAN_FILTERS", "true"),
        ("WGER_LOG_LEVEL", "loud"),
        ("WGER_CORS_ORIGINS", "*, gym.example"),
        ("WGER_PROFILE", "prod"),
        ("WGER_PROFILE", "/nowhere/mine.py"),
    ],
)
def test_a_wrong_value_is_one_line_that_names_the_setting(name, text):
    with pytest.raises(SettingsError) as refused:
        read(**{name: text})
    line = str(refused.value)
    assert line.startswith(name) and "\n" not in line


@given(name=st.sampled_from([option.name for option in options()]), text=st.text(max_size=30))
def test_any_text_gives_settings_or_one_line(name, text):
    try:
        settings = read(**{name: text})
    except SettingsError as refused:
        assert str(refused).startswith(name) and len(str(refused).splitlines()) == 1
    else:
        assert isinstance(settings, Settings)


@pytest.mark.parametrize("value", [1, None, 2.5, ["x"], b"x"])
def test_values_of_another_type_are_refused(value):
    with pytest.raises(SettingsError, match="^TIME_ZONE"):
        load(environ={}, TIME_ZONE=value)


def test_a_truth_is_no_number():
    with pytest.raises(SettingsError, match="^WGER_WORKERS must be a whole number"):
        load(environ={}, WGER_WORKERS=True)


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(SettingsError, match="^WGER_DATABSE_URL is not a setting.*WGER_DATABASE_URL$"):
        read(WGER_DATABSE_URL="x")
    with pytest.raises(SettingsError, match="^TIMEZONE is not a setting.*TIME_ZONE$"):
        load(environ={}, TIMEZONE="UTC")


def test_names_of_others_in_the_environment_are_let_be():
    assert read(PATH="/bin", WGER_API_KEY="x", WGER_TEST_DATABASE_URL="x") == read()


@pytest.mark.parametrize(
    "text, told",
    [
        ("TIMEZONE = 'UTC'", "TIMEZONE (in "),
        ("TIME_ZONE = 7", "TIME_ZONE must be text"),
        ("WGER_PROFILE = 'testing'", "WGER_PROFILE (in "),
        ("this is no python", "WGER_PROFILE cannot be read: "),
        ("1 / 0", "WGER_PROFILE cannot be read: "),
    ],
)
def test_a_wrong_profile_is_one_line(tmp_path, text, told):
    profile = tmp_path / "mine.py"
    profile.write_text(text)
    with pytest.raises(SettingsError) as refused:
        read(str(profile))
    assert str(refused.value).startswith(told) and "\n" not in str(refused.value)


def test_two_ways_to_encrypt_mail_exclude_each_other():
    with pytest.raises(SettingsError, match="^EMAIL_USE_TLS"):
        read(EMAIL_USE_TLS="1", EMAIL_USE_SSL="1")


def test_secrets_do_not_reach_logs():
    settings = read(EMAIL_HOST_PASSWORD="hunter2", WGER_DATABASE_URL="postgresql://u:hunter2@h/n")
    assert "hunter2" not in repr(settings)
    with pytest.raises(SettingsError) as refused:
        read(WGER_DATABASE_URL="u:hunter2@h/n")
    assert "hunter2" not in str(refused.value)


def test_settings_do_not_change():
    with pytest.raises(dataclasses.FrozenInstanceError):
        read().TIME_ZONE = "UTC"


def test_every_setting_explains_itself_in_one_sentence():
    for option in options():
        assert option.help.endswith(".") and "\n" not in option.help and "|" not in option.help, option.name
        assert not callable(option.default) or option.shown, f"{option.name}: say what the default is"


def test_shipped_folders_are_found():
    assert shipped("config") == ROOT / "config"


def test_the_page_is_current():
    page = (ROOT / "docs" / "configuration.md").read_text()
    assert page == describe(of_shipped_plugins()), "docs/configuration.md is out of date: run make docs"
