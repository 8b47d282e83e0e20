"""Whatever is typed, pages answer: no input makes a mistake of ours out of a mistake of theirs."""

from __future__ import annotations

from urllib.parse import urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import Visitor

_TYPED = (
    "", "0", "-1", "99999999999999999999", "1e400", "NaN", "null", "[]", "\x00", "2024-13-45", "0001-01-01", "True",
    "9999-12-31T23:59:59", "<script>", "a" * 3000, "00000000-0000-0000-0000-000000000000",
)  # fmt: skip
ODD = st.one_of(st.sampled_from(_TYPED), st.text(max_size=12))
VALUES = st.one_of(ODD, st.lists(ODD, max_size=3))
SENT = (("", ""), ("PATCH", "1/"), ("PUT", "1/"), ("DELETE", "77777/"), ("TRACE", ""))
QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@QUICK
@given(data=st.data())
def test_odd_queries_are_answered(app, registry, data):
    visitor = Visitor(app, None)
    resource = data.draw(st.sampled_from(list(registry)))
    names = [parameter.name for parameter in resource.filter_set.describe()] + ["ordering", "limit", "offset", "_back"]
    query = data.draw(st.dictionaries(st.sampled_from(names), ODD, max_size=4))
    key = data.draw(st.sampled_from(["", "1/", "x/", "0/", "99999999999999999999/", "%00/"]))
    page = visitor.see(f"{resource.name}/{key}?{urlencode(query, errors='surrogatepass')}")
    assert page.status < 500, page.words


@QUICK
@given(data=st.data())
def test_odd_forms_are_answered(app, registry, data):
    visitor = Visitor(app, "ada")
    resource = data.draw(st.sampled_from([found for found in registry if "POST" in found.methods]))
    fields = {field.data_key or name for name, field in resource.schema().load_fields.items()}
    form = data.draw(st.dictionaries(st.sampled_from(sorted(fields)), VALUES, max_size=6))
    method, key = data.draw(st.sampled_from(SENT))
    answer = visitor.send(f"{resource.name}/{key}", method, **form)
    assert answer.status_code < 500, answer.text
