"""The engine is arithmetic: values in, values out, each of a known type, and nothing of the world outside."""

import ast
import dataclasses
import importlib
import inspect
import pathlib

import pytest

from wger_flask import engine

PATHS = sorted(pathlib.Path(engine.__file__).parent.glob("*.py"))
ARITHMETIC = set(
    (
        "__future__ bisect collections dataclasses datetime decimal enum functools itertools math operator types typing"
    ).split()
)
CLOCKS = {"now", "today", "utcnow", "fromtimestamp"}


@pytest.fixture(params=PATHS, ids=[path.stem for path in PATHS])
def path(request):
    return request.param


@pytest.fixture
def nodes(path):
    return list(ast.walk(ast.parse(path.read_text())))


def functions(nodes):
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_only_arithmetic_is_imported(nodes):
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    assert {name.partition(".")[0] for name in names} <= ARITHMETIC


def test_no_clock_is_read(nodes):
    called = {node.func.attr for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}
    assert not called & CLOCKS


def test_everything_has_a_type(nodes):
    for function in functions(nodes):
        arguments = function.args
        named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        bare = [found.arg for found in named if found and found.annotation is None and found.arg not in ("self", "cls")]
        assert not bare, f"{function.name}: {bare}"
        assert function.returns is not None or function.name == "__init__", function.name


def test_whatever_is_public_says_what_it_is(path):
    module = importlib.import_module(f"wger_flask.engine.{path.stem}" if path.stem != "__init__" else engine.__name__)
    assert module.__doc__
    for name, found in vars(module).items():
        if getattr(found, "__module__", "") != module.__name__ or name.startswith("_"):
            continue
        if inspect.isfunction(found) or inspect.isclass(found):
            assert found.__doc__ and not found.__doc__.startswith(f"{name}("), name
        for inner, method in vars(found).items() if inspect.isclass(found) else ():
            if inspect.isfunction(method) and not inner.startswith("_"):
                assert method.__doc__, f"{name}.{inner}"


def test_values_do_not_change(path):
    module = importlib.import_module(f"wger_flask.engine.{path.stem}" if path.stem != "__init__" else engine.__name__)
    for found in vars(module).values():
        if inspect.isclass(found) and dataclasses.is_dataclass(found):
            assert found.__dataclass_params__.frozen, found
