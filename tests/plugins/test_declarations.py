"""A declaration that names what does not exist, or what is taken, stops the start and says whose it is."""

from __future__ import annotations

import re

import pytest

from tests.conftest import Client
from tests.plugins.test_loading import refusal
from tests.web.conftest import HTML
from wger_flask.plugin_loader import register_plugins
from wger_flask.rest.registry import RegistrationError, Registry

PLUGIN = """
    from wger_flask.api import (
        WRITE, Action, Batch, Computed, Cursor, Endpoints, Hooks, Limit, Model, Resource, Schema, User, anyone, columns,
        exact, fields, gte, owned_by,
    )

    class Place(Model):
        id = columns.Auto()
        user = columns.ForeignKey(User)
        class Meta:
            table_name = "plugin_mine_place"

    class Thing(Model):
        id = columns.Auto()
        user = columns.ForeignKey(User)
        place = columns.ForeignKey(Place, null=True)
        size = columns.Integer()
        weight = columns.Decimals(5, 2)
        name = columns.Char(max_length=9)
        made = columns.DateTime()
        class Meta:
            table_name = "plugin_mine_thing"

    class ThingSchema(Schema):
        id = fields.Integer(dump_only=True)
        size = {field}

    def register(registry):
        registry.add_models({models})
        registry.add(Resource("thing", Thing, ThingSchema, methods=WRITE, {options}))
        {then}
"""
WHERE = "resource 'thing' of file plugins/mine.py: "


def source(options: str = "", field: str = "fields.Integer()", models: str = "Place, Thing", then: str = "pass") -> str:
    return PLUGIN.format(options=options, field=field, models=models, then=then)


@pytest.mark.parametrize(
    "options",
    [
        "owner=owned_by('user', checks={'place': 'user'})",
        "owner=owned_by('place.user', checks={})",
        "throttle={'list': 'login', 'POST': Limit('mail', unless=anyone)}",
        "max_age='EXERCISE_CACHE_TTL'",
        "actions=(Action('a', print, throttle='mail'),)",
        "filters={'size': [exact, gte]}",
        "throttle={'list': 'mine'}",
    ],
)
def test_what_exists_is_taken(prepare, register, write, options):
    write("mine.py", source(options, then="registry.add_rate('mine', '2/min')"))
    assert register() == ["mine"]
    prepare()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("owner=owned_by('owner')", "owner 'owner' is no path of references from Thing"),
        ("owner=owned_by('place.owner')", "owner 'place.owner' is no path of references from Thing"),
        ("owner=owned_by('size')", "owner 'size' is no path of references from Thing"),
        ("owner=owned_by('size.user')", "owner 'size.user' is no path of references from Thing"),
        ("owner=owned_by('user', checks={'room': 'user'})", "checks 'room': Thing has no such reference"),
        ("owner=owned_by('user', checks={'size': 'user'})", "checks 'size': Thing has no such reference"),
        (
            "owner=owned_by('user', checks={'place': 'owner'})",
            "checks 'place': 'owner' is no path of references from Place",
        ),
        ("throttle={'list': 'nonsense'}", "the throttle scope 'nonsense' has no rate"),
        ("throttle={'POST': Limit('nonsense', unless=anyone)}", "the throttle scope 'nonsense' has no rate"),
        ("throttle={'post': 'mail'}", "throttle 'post' is neither 'list' nor 'detail' nor a method"),
        ("actions=(Action('a', print, throttle='nonsense'),)", "the throttle scope 'nonsense' has no rate"),
        (
            "hooks=Hooks(prepare=lambda data: None)",
            "hook 'prepare' is called with (call, data, row), and its function takes (data)",
        ),
        (
            "hooks=Hooks(delete=lambda call, data, row: None)",
            "hook 'delete' is called with (call, row), and its function takes (call, data, row)",
        ),
        ("actions=(Action('a', lambda: None),)", "action 'a' is called with (call), and its function takes ()"),
        ("max_age='NONSENSE'", "max_age 'NONSENSE' is no setting of seconds"),
        ("max_age='TIME_ZONE'", "max_age 'TIME_ZONE' is no setting of seconds"),
    ],
)
def test_what_does_not_exist(prepare, register, write, options, told):
    write("mine.py", source(options))
    register()
    assert refusal(prepare) == WHERE + told


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("Batch(lambda keys: {})", "field 'size' is called with (keys, context), and its function takes (keys)"),
        (
            "Computed(lambda size: size, of=('size', 'place'))",
            "field 'size' is called with (context, size, place), and its function takes (size)",
        ),
    ],
)
def test_a_function_that_takes_something_else(prepare, register, write, field, told):
    write("mine.py", source(field=field))
    register()
    assert refusal(prepare) == WHERE + told


def test_an_endpoint_with_an_unknown_scope(prepare, register, write):
    then = "e = Endpoints('mine'); e.endpoint('mine', throttle='nonsense')(print); registry.add_blueprint(e)"
    write("mine.py", source(then=then))
    register()
    assert refusal(prepare) == "endpoint 'mine' of file plugins/mine.py: the throttle scope 'nonsense' has no rate"


def test_a_model_that_was_not_registered(prepare, register, write):
    write("mine.py", source(models="Place"))
    register()
    assert refusal(prepare) == WHERE + "its model Thing is not registered: call registry.add_models"


COLUMNS = {"size": "Integer", "weight": "Decimals", "name": "Char", "made": "DateTime", "user": "Auto"}
FITS = {
    "Integer()": {"size", "user"},
    "Float()": {"size", "weight", "user"},
    "Decimal(5, 2)": {"weight"},
    "String()": {"name"},
    "Choice(('a', 'b'))": {"name"},
    "URL()": {"name"},
    "Boolean()": set(),
    "UUID()": set(),
    "Json()": set(),
    "Date()": set(),
    "Time()": set(),
    "DateTime()": {"made"},
}


@pytest.mark.parametrize("field", FITS)
@pytest.mark.parametrize("column", COLUMNS)
def test_a_field_over_a_column_of_another_type(prepare, register, write, field, column):
    write("mine.py", source(field=f"fields.{field[:-1]}{'' if field.endswith('()') else ', '}attribute={column!r})"))
    register()
    if column in FITS[field]:
        prepare()
    else:
        kind, told = field.partition("(")[0], refusal(prepare)
        assert told.startswith(f"{WHERE}field 'size': {kind} does not fit a column of ")


@pytest.mark.parametrize("lookups", ["'exact'", "('exact',)", "exact.build", "None", "(exact, None)", "3"])
def test_lookups_that_are_none(register, write, lookups):
    write("mine.py", source(f"filters={{'size': {lookups}}}"))
    told = refusal(register)
    assert told.startswith(
        "plugin 'mine' (file plugins/mine.py) is broken: ValueError: resource 'thing': filter 'size' is"
    )
    assert told.endswith("which is neither a Lookup nor a Filter")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("throttle='mail'", "throttle says what it limits: {\"POST\": 'mail'}"),
        ("actions=Action('a', print)", "actions is a tuple, with a comma behind a single one"),
    ],
)
def test_options_of_another_shape(register, write, options, told):
    write("mine.py", source(options))
    assert refusal(register) == f"plugin 'mine' (file plugins/mine.py) is broken: ValueError: resource 'thing': {told}"


@pytest.mark.parametrize("build", ["lambda wanted: Thing.size > 1", "str.lower", "Place().save"])
def test_a_condition_that_no_function_of_a_module_builds(register, write, build):
    """It would be told from others by its function, which is another one each time that it is made."""
    write("mine.py", source(then=f"from wger_flask.api import BooleanFilter; BooleanFilter('big', {build})"))
    assert "ValueError: filter 'big': a function of a module builds its condition" in refusal(register)


TAKEN = [
    ("add_names(Exercise, print)", "name for rows of table 'exercises_exercise'"),
    ("add_upload('mine', PUT=print)", "upload to table 'mine'"),
    ("add_view('mine', View())", "view 'mine'"),
    ("add_rate('mine', '2/min')", "rate of scope 'mine'"),
    ("add_owned({name!r}, Exercise, owned_by('user'))", "owned rows of table 'exercises_exercise'"),
    ("add_navigation('Mine', '/a/')", "menu entry 'Mine'"),
    ("add_navigation({name!r}, '/a/')", "menu entry for '/a/'"),
]


@pytest.mark.parametrize(("call", "named"), TAKEN)
def test_what_another_registered(folder, write, call, named):
    for name in "ab":
        write(
            f"{name}.py",
            f"""
            from wger_flask.api import View, owned_by
            from wger_flask.domain.exercises.models import Exercise
            def register(registry): registry.{call.replace("{name!r}", repr(name))}
            """,
        )
    told = f"{named} is registered twice: by file plugins/a.py and by file plugins/b.py"
    assert refusal(lambda: register_plugins(Registry(), ("all",), folder)) == told


ADDED = [
    ("add_owned('thing', Thing, owned_by('size'))", "owned table 'thing' of {}: owner 'size' is no path of references"),
    ("add_owned('sign', Sign, owned_by('user'))", "owned table 'sign' of {}: its model Sign is not registered"),
    ("add_derived('nonsense', bool)", "derived rows of 'nonsense' of {}: there is no such owned table"),
    ("add_upload('plugin_mine_thing', PUT=print)", "resource 'thing' of {0} takes uploads itself, and {0} does, too"),
]


@pytest.mark.parametrize(("call", "told"), ADDED)
def test_what_is_added_of_tables_that_do_not_fit(prepare, register, write, call, told):
    sign = "Sign = type('Sign', (Model,), {'user': columns.ForeignKey(User)}); "
    write("mine.py", source("owner=owned_by('user')", then=f"{sign}registry.{call}"))
    register()
    assert refusal(prepare).startswith(told.format("file plugins/mine.py"))


REFUSED = [
    ("add_upload('mine', POST=print)", "upload to table 'mine' of file plugins/mine.py: no client sends POST"),
    ("add_job('mine', print, timedelta(0))", "job 'mine' of file plugins/mine.py: 0:00:00 is no time between two runs"),
]


@pytest.mark.parametrize(("call", "told"), REFUSED)
def test_what_can_never_happen(register, write, call, told):
    write("mine.py", f"from datetime import timedelta\ndef register(registry): registry.{call}")
    assert refusal(register) == told


@pytest.mark.parametrize("rate", ["often", "2/week", "x/min", "0/min", "2", ""])
def test_a_rate_that_is_none(register, write, rate):
    write("mine.py", f"def register(registry): registry.add_rate('mine', {rate!r})")
    assert refusal(register) == f"scope 'mine' of file plugins/mine.py: {rate!r} is no rate such as 20/hour"


def test_the_application_limits_by_the_rates_that_are_registered(app):
    held = app.extensions["wger_flask"]
    assert held.throttle.rates is held.registry.rates and held.throttle.rates["login"].calls == 10


def test_names_that_the_core_gives(register, write):
    write(
        "mine.py",
        """
        from wger_flask.domain.exercises.models import Exercise
        def register(registry): registry.add_names(Exercise, print)
        """,
    )
    told = "name for rows of table 'exercises_exercise' is registered twice: by wger_flask and by file plugins/mine.py"
    assert refusal(register) == told


NAVIGATES = "def register(registry): registry.add_navigation('Mine', {!r})"


@pytest.mark.parametrize(
    "path", ["/api/v2/glass/", "/api/v2/exercise/1/glasses/", "exercise/", "/user/logout", "/nowhere?page=2"]
)
def test_an_entry_of_the_menu_that_leads_nowhere(served, path):
    told = f"menu entry 'Mine' of file plugins/mine.py leads to {path!r}, where no page is"
    with pytest.raises(RegistrationError, match=f"^{re.escape(told)}$"):
        served(NAVIGATES.format(path))


@pytest.mark.parametrize(
    "path",
    ["/api/v2/exercise/?page=2", "/api/v2/exercise", "/user/login#name", "https://example.org/water", "/%61pi/v2/"],
)
def test_an_entry_of_the_menu_that_leads_to_a_page(served, path):
    page = Client(served(NAVIGATES.format(path))).get("exercise/", headers=HTML)
    assert f'href="{path}"' in page.text
