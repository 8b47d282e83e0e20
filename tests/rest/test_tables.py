"""Lists as tables: what spreadsheets must not take for formulas, all rows, one moment, and readers who hang up."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree

import pytest

from wger_flask.domain.nutrition.models import NutritionPlan
from wger_flask.rest import spreadsheets, tables
from wger_flask.rest.spreadsheets import DAY, MOMENT, NUMBER, TEXT, Column, spreadsheet
from wger_flask.rest.text_tables import csv_lines, csv_text
from wger_flask.storage.database import database, transaction


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "-", "+49 30 1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_defused(text):
    assert csv_text(text) == f"'{text}"
    assert next(csv.reader(io.StringIO(csv_lines([[text, "x"]]).decode(), newline=""))) == [f"'{text}", "x"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("-5.00", "-5.00"),
        ("+3", "+3"),
        (-5, "-5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        (True, "true"),
        (False, "false"),
        (None, ""),
        ("", ""),
        ("a=b", "a=b"),
        ({"a": [1]}, '{"a":[1]}'),
    ],
)
def test_numbers_and_all_else_stay_what_they_are(value, text):
    assert csv_text(value) == text


def test_lines_are_those_of_the_standard():
    assert csv_lines([["a", 'b"c', "d,e", "f\ng"]]) == b'a,"b""c","d,e","f\ng"\r\n'


def cells(workbook: bytes, number: int = 1) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        sheet = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml"))
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    return [[f"{cell.get('t', '')}:{''.join(cell.itertext())}" for cell in row] for row in sheet.iter(f"{name}row")]


@pytest.mark.parametrize(
    ("value", "kind", "cell"),
    [
        ("=1+1", TEXT, "inlineStr:=1+1"),
        ("80.00", NUMBER, ":80.00"),
        ("80.00", TEXT, "inlineStr:80.00"),
        ("1" * 20, NUMBER, "inlineStr:" + "1" * 20),
        (10**18, NUMBER, f"inlineStr:{10**18}"),
        (-2.5, TEXT, ":-2.5"),
        (True, TEXT, "b:1"),
        (None, TEXT, ":"),
        ("a\x00_x0041_<&", TEXT, "inlineStr:a_x0000__x005F_x0041_<&"),
        ("2026-11-27", DAY, ":46353"),
        ("1899-01-01", DAY, "inlineStr:1899-01-01"),
        ("soon", DAY, "inlineStr:soon"),
        ("2026-11-27T12:00:00+01:00", MOMENT, ":46353.5"),
        ([1, "a"], TEXT, 'inlineStr:[1,"a"]'),
        ("x" * 40_000, TEXT, "inlineStr:" + "x" * 32_766 + "…"),
    ],
)
def test_cells_are_numbers_days_and_texts_and_never_formulas(value, kind, cell):
    assert cells(b"".join(spreadsheet("t", [Column("a", kind)], [[(value,)]]))) == [["inlineStr:a"], [cell]]


def test_rows_that_fit_on_no_sheet_go_on_on_the_next(monkeypatch):
    monkeypatch.setattr(spreadsheets, "MOST_ROWS", 4)
    made = b"".join(spreadsheet("a/b", [Column("n", NUMBER)], [[(n,) for n in range(5)], [(5,)]]))
    assert [[row[0][-1] for row in cells(made, sheet)] for sheet in (1, 2)] == [list("n012"), list("n345")]
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert b'name="a b"' in archive.read("xl/workbook.xml") and b'name="a b 2"' in archive.read("xl/workbook.xml")


@pytest.fixture
def plans(people):
    """1,100 nutrition plans of grace's, more than any page has."""
    began = datetime(2024, 1, 1, tzinfo=UTC)
    rows = [
        {
            "user": people["grace"],
            "description": f"plan {number}",
            "start": date(2024, 1, 1),
            "creation_date": began + timedelta(minutes=number),
        }
        for number in range(1100)
    ]
    with transaction():
        for start in range(0, len(rows), 100):
            NutritionPlan.insert_many(rows[start : start + 100]).execute()


def described(answer) -> list[str]:
    return [row["description"] for row in csv.DictReader(io.StringIO(answer.text, newline=""))]


def test_a_table_has_no_pages_but_those_that_are_asked_for(api, plans):
    client = api("grace")
    every = described(client.get("nutritionplan.csv/?ordering=creation_date"))
    assert every == [f"plan {number}" for number in range(1100)]
    some = described(client.get("nutritionplan.csv/?ordering=creation_date&limit=1005&offset=90"))
    assert some == every[90:1095]


@pytest.fixture
def streamed(plans, monkeypatch):
    """These plans, as a table that is sent while it is read."""
    monkeypatch.setattr(tables, "WHOLE", 1000)


def test_what_is_long_is_sent_while_it_is_read(api, streamed):
    client = api("grace")
    answer = client.get("nutritionplan.csv/", headers={"Accept-Encoding": "gzip"})
    assert len(described(answer)) == 1100
    assert not {"ETag", "Content-Length", "Content-Encoding"} & set(answer.headers.keys())
    whole = client.get("nutritionplan.csv/?limit=2")
    assert whole.headers["ETag"] and whole.headers["Content-Length"] == str(len(whole.data))
    assert whole.headers["Content-Disposition"] == answer.headers["Content-Disposition"]


def test_a_reader_who_hangs_up_leaves_nothing_open(api, streamed):
    client = api("grace")
    answer = client.http.get("/api/v2/nutritionplan.csv/", headers=client.headers)
    pieces = answer.iter_encoded()
    assert next(pieces).startswith(b"id,")
    answer.close()
    assert client.get("nutritionplan/?limit=1").json["count"] == 1100
    for _ in range(tables.TABLES_AT_ONCE + 1):
        assert client.get("nutritionplan.csv/?limit=1").data  # no place was kept


def test_what_fails_at_the_beginning_is_refused_as_it_should_be(api, streamed, monkeypatch):
    monkeypatch.setattr(tables, "_SECONDS_IN_LINE", 0)
    client = api("grace")
    answers = [client.http.get("/api/v2/nutritionplan.csv/", headers=client.headers) for _ in range(1)]
    taken = [tables._places.acquire(blocking=False) for _ in range(tables.TABLES_AT_ONCE - 1)]
    refused = client.get("nutritionplan.csv/")
    assert (refused.status_code, refused.mimetype, "Retry-After" in refused.headers) == (503, "application/json", True)
    assert "detail" in refused.json
    for answer in answers:
        answer.close()
    for _ in taken:
        tables._places.release()


def test_names_are_those_of_rows_that_the_reader_may_see(api, people):
    client = api("grace")
    assert client.post("nutritionplan/", {"description": "Mine"}).status_code == 201
    plan = client.get("nutritionplan/").json["results"][0]["id"]
    assert client.post("meal/", {"plan": plan, "name": "=cmd()"}).status_code == 201
    [row] = csv.DictReader(io.StringIO(client.get("meal.csv/?fields=plan,name").text, newline=""))
    assert row == {"plan": str(plan), "plan_name": "Mine", "name": "'=cmd()"}


def test_a_list_page_leads_to_its_rows_as_files(api, plans):
    page = api("grace").get("nutritionplan/?ordering=-start&limit=20&offset=20", headers={"Accept": "text/html"}).text
    for kind in ("csv", "xlsx", "ndjson"):
        assert f'href="/api/v2/nutritionplan/?ordering=-start&amp;format={kind}"' in page


def test_nothing_is_in_a_transaction_afterwards(api, plans):
    before = database.obj.transaction_depth()
    assert api("grace").get("nutritionplan.xlsx/").data
    assert database.obj.transaction_depth() == before
