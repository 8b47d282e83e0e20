"""What every list promises to those who want it as a table, and to those who want some fields of it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from xml.etree import ElementTree

from ...rest.fields.references import Key, Keys
from ...rest.negotiation import TABLES

ALL = "limit=999&page_size=999"
_CELLS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def json_of(client, resource) -> list[dict]:
    """Return all rows of a list, as JSON."""
    return client.get(f"{resource.name}/?{ALL}").json["results"]


def csv_of(answer) -> list[dict[str, str]]:
    """Return the rows of an answer in CSV, by heading."""
    return list(csv.DictReader(io.StringIO(answer.text, newline=""), strict=True))


def sheet_of(answer) -> list[list[str]]:
    """Return the texts in the cells of the first sheet of an answer."""
    with zipfile.ZipFile(io.BytesIO(answer.data)) as workbook:
        assert workbook.testzip() is None
        assert not any(b"<f>" in workbook.read(name) for name in workbook.namelist())
        sheet = ElementTree.fromstring(workbook.read("xl/worksheets/sheet1.xml"))
    return [["".join(cell.itertext()) for cell in row] for row in sheet.iter(f"{_CELLS}row")]


def resource_registry(client):
    """Return the registry of the application that ``client`` asks."""
    return client.http.application.extensions["wger_flask"].registry


def test_tables_have_the_rows_of_the_list(api, resource, visible):
    client = api("grace")
    rows = json_of(client, resource)
    lines = client.get(f"{resource.name}.ndjson/")
    assert (lines.status_code, lines.mimetype) == (200, TABLES["ndjson"])
    assert [json.loads(line) for line in lines.text.splitlines()] == rows
    answer = client.get(f"{resource.name}/?format=csv")
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{resource.name}.csv"'
    table = csv_of(answer)
    for shown, row in zip(table, rows, strict=True):
        for name, value in row.items():
            assert _is_shown(shown[name], value), name
    for name, field in resource.schema().dump_fields.items():
        if isinstance(field, Key | Keys) and resource_registry(client).of_model(field.model) is not None:
            assert not table or {f"{name}_name", f"{name}__name"} & set(table[0])
    workbook = client.get(f"{resource.name}.xlsx/")
    assert (workbook.status_code, workbook.mimetype) == (200, TABLES["xlsx"])
    sheet = sheet_of(workbook)
    assert sheet[0] == answer.text.partition("\r\n")[0].split(",")
    assert [len(row) for row in sheet] == [len(sheet[0])] * (len(rows) + 1)


def _is_shown(text: str, value: object) -> bool:
    if isinstance(value, bool) or value is None:
        return text == ("" if value is None else str(value).lower())
    if isinstance(value, int | float):
        return float(text) == float(value)
    return not isinstance(value, str) or text in (value, f"'{value}")


def test_a_table_is_a_list_in_all_else(api, resource, rows):
    client = api("grace")
    for kind, media_type in TABLES.items():
        for accept, wanted in (
            (media_type, media_type),
            (f"{media_type}, */*;q=0.5", "application/json"),
            (f"application/json;q=0.1, {media_type}", "application/json"),
            (f"{media_type}, application/*", "application/json"),
        ):
            assert client.head(f"{resource.name}/", headers={"Accept": accept}).mimetype == wanted, accept
        path = f"{resource.name}.{kind}/"
        head = client.head(path)
        assert (head.status_code, head.mimetype, head.data) == (200, media_type, b"")
        assert "ETag" not in head.headers
        for row in rows[:1]:
            assert client.get(f"{resource.name}/{row}.{kind}/").status_code == 404
        assert client.post(path, {}).status_code == 404
        wrong = client.get(f"{path}?fields=nonsense")
        assert (wrong.status_code, wrong.json) == (400, {"fields": ["“nonsense” is no field."]})


def test_nobody_gets_others_rows_as_a_table(api, resource, rows):
    for name in ("linus", None):
        client = api(name)
        listed, table = client.get(f"{resource.name}/?{ALL}"), client.get(f"{resource.name}.ndjson/")
        assert table.status_code == listed.status_code
        if listed.status_code == 200:
            assert [json.loads(line) for line in table.text.splitlines()] == listed.json["results"]
        else:
            assert table.json == listed.json


def test_a_table_takes_as_many_queries_as_a_page(api, resource, many_rows, queries):
    client = api("grace")
    counts = []
    for path in (f"{resource.name}/?{ALL}", f"{resource.name}.ndjson/?{ALL}"):
        client.get(path)
        del queries[:]
        assert client.get(path).data
        counts.append(len([query for query in queries if query.lstrip().upper().startswith(("SELECT", "WITH"))]))
    assert counts[1] <= counts[0] + 1


def test_fields_are_those_that_are_named(api, resource, visible):
    client = api("grace")
    for row in json_of(client, resource)[:1]:
        for name, value in row.items():
            [found, *_] = client.get(f"{resource.name}/?fields={name}").json["results"]
            assert found == {name: value}
        some = list(row)[:3]
        asked = ", ".join(reversed(some))
        assert list(client.get(f"{resource.name}/?fields={asked}&fields=").json["results"][0]) == some
        assert client.get(f"{resource.name}/?fields=,").json["results"][0] == row
    for key in visible[:1]:
        whole = client.get(f"{resource.name}/{key}/").json
        for name in list(whole)[:3]:
            assert client.get(f"{resource.name}/{key}/?fields={name}").json == {name: whole[name]}


def test_what_is_no_field_is_named(api, resource, visible):
    client = api("grace")
    for path in (f"{resource.name}/", *(f"{resource.name}/{key}/" for key in visible[:1])):
        answer = client.get(f"{path}?fields=nonsense,more")
        told = {"fields": ["“nonsense” is no field.", "“more” is no field."]}
        assert (answer.status_code, answer.json) == (400, told)
        page = client.get(f"{path}?fields=nonsense", headers={"Accept": "text/html"})
        assert (page.status_code, page.mimetype) == (400, "text/html")
