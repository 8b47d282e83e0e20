"""What is read from the files of apps for the body and for food; the samples follow what is published about them."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from wger_flask.imports.apps import (
    apple_health,
    cronometer,
    fatsecret,
    google_fit,
    myfitnesspal,
    openscale,
    samsung_health,
    withings,
)
from wger_flask.imports.errors import ImportRefused
from wger_flask.imports.food_columns import amount_of
from wger_flask.imports.formats import ImportFormat, recognised
from wger_flask.imports.options import ImportOptions
from wger_flask.imports.records import BodyMeasurement, FoodDiaryEntry, Record
from wger_flask.imports.source import ImportSource

from .reading import sample, zipped

FORMATS: dict[str, ImportFormat] = {
    app.FORMAT.name: app.FORMAT
    for app in (apple_health, cronometer, fatsecret, google_fit, myfitnesspal, openscale, samsung_health, withings)
}
BERLIN = ImportOptions(ZoneInfo("Europe/Berlin"))


def read(data: bytes | str, options: ImportOptions = BERLIN, app: str = "") -> list[Record]:
    """Return the records of a file, of the app that it is recognised as."""
    source = ImportSource(io.BytesIO(data.encode() if isinstance(data, str) else data))
    found = FORMATS[app] if app else recognised(FORMATS.values(), source)
    return found.records(source, options, most=10_000)


def told(records: list[Record]) -> list[tuple[int, str, str, str]]:
    """Return line, type or name, value and unit of measurements."""
    assert all(isinstance(record, BodyMeasurement) for record in records)
    return [(one.line, one.name or one.metric, f"{one.value.normalize():f}", one.unit) for one in records]


@pytest.mark.parametrize(
    ("name", "app"),
    [
        ("apple-health.xml", "apple-health"),
        ("cronometer.csv", "cronometer"),
        ("fatsecret.csv", "fatsecret"),
        ("google-fit.csv", "google-fit"),
        ("myfitnesspal.csv", "myfitnesspal"),
        ("openscale.csv", "openscale"),
        ("openscale-3.csv", "openscale"),
        ("samsung-health.csv", "samsung-health"),
        ("samsung-blood-pressure.csv", "samsung-health"),
        ("withings.csv", "withings"),
        ("withings-bp.csv", "withings"),
        ("withings-german.csv", "withings"),
    ],
)
def test_each_file_is_recognised_as_that_of_its_app_alone(name, app):
    fitting = [each.name for each in FORMATS.values() if each.fits(ImportSource(io.BytesIO(sample(name))))]
    assert fitting == [app]


def test_openscale():
    records = read(sample("openscale.csv"))
    assert told(records)[:6] == [
        (2, "body_weight", "81.35", "kg"),
        (2, "body_fat", "21.4", "%"),
        (2, "Body water", "53.1", "%"),
        (2, "Muscle", "40.5", "%"),
        (2, "Bone mass", "3.2", "kg"),
        (2, "Visceral fat", "8", ""),
    ]
    assert records[0].moment == datetime(2024, 3, 1, 6, 12, tzinfo=UTC)
    assert [one.notes for one in records if one.line == 3][:2] == ['after holidays, "heavy"', ""]
    assert told(read(sample("openscale-3.csv")))[-2:] == [(3, "body_weight", "72.3", "kg"), (3, "Waist", "80.5", "cm")]
    assert read(sample("openscale-3.csv"))[0].moment == datetime(2025, 4, 7, 6, 30, 5, tzinfo=UTC)


def test_a_weight_without_a_unit_is_in_the_one_that_is_chosen():
    options = ImportOptions(weight_unit="lb")
    assert told(read("dateTime,weight,bone\n2020-01-31 23:59,161.1,3\n", options)) == [
        (2, "body_weight", "161.1", "lb"),
        (2, "Bone mass", "3", "kg"),
    ]


def test_apple_health():
    records = read(sample("apple-health.xml"))
    assert told(records) == [
        (24, "height", "171", "cm"),
        (25, "body_weight", "68.4", "kg"),
        (28, "body_weight", "150.2", "lb"),
        (29, "body_fat", "25.3", "%"),
        (31, "resting_heart_rate", "58", "bpm"),
        (32, "blood_pressure_systolic", "121", "mmHg"),
        (36, "Waist", "78.5", "cm"),
    ]
    assert records[1].moment == datetime(2024, 3, 1, 6, 12, tzinfo=UTC)


def test_apple_health_within_the_archive():
    packed = zipped(
        {
            "apple_health_export/export_cda/xml": b"<ClinicalDocument/>",
            "apple_health_export/export.xml": sample("apple-health.xml"),
        }
    )
    assert told(read(packed)) == told(read(sample("apple-health.xml")))


@pytest.mark.parametrize(
    "name", ["../export.xml", "/export.xml", "a/../../export.xml", "..\\export.xml", "C:/export.xml"]
)
def test_an_archive_with_a_name_that_leads_out_of_it_is_refused(name):
    packed = zipped({"export.xml": sample("apple-health.xml"), name: b"<HealthData/>"})
    with pytest.raises(ImportRefused, match="leads out of it"):
        read(packed, app="apple-health")


def test_a_definition_that_no_parser_understands_is_passed_over():
    faulty = sample("apple-health.xml").replace(b"]>\n<HealthData", b"  startDate CDATA #IMPLIED\n>\n]>\n<HealthData")
    assert len(read(faulty)) == 7


RECORD = b'<Record type="HKQuantityTypeIdentifierBodyMass" unit="kg" startDate="2024-03-01 07:12:00 +0100" value="%s"/>'
DOCUMENT = b'<?xml version="1.0"?>\n%s\n<HealthData locale="en">\n' + RECORD + b"\n</HealthData>"
BOMB = b'<!DOCTYPE HealthData [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;&a;">\n]>'


@pytest.mark.parametrize(
    ("definition", "value", "line"),
    [
        (BOMB, b"&b;", 3),
        (BOMB.replace(b"ENTITY", b"entity"), b"80", 3),
        (b'<!DOCTYPE HealthData [\n<!ENTITY %% p SYSTEM "file:///etc/passwd">\n%%p;\n]>', b"80", 3),
        (b'<!DOCTYPE HealthData SYSTEM "http://127.0.0.1:9/x.dtd">', b"80", 2),
        (b'<!DOCTYPE HealthData SYSTEM "x.dtd" [\n<!ENTITY a "1">\n]>', b"&a;", 2),
        (b'<!DOCTYPE x [<!ENTITY a "1">]>', b"&a;", 2),
        (b"", b"&a;", 4),
        (b"", b"80<", 4),
        (b"", b"eighty", 4),
        (b"", b"-1", 4),
        (b"", b"1e99", 4),
        (b"", b"", 4),
        (b"", b'80" unit="stone', 4),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_and_what_is_no_export_are_refused_with_their_line(definition, value, line, encoding):
    document = (DOCUMENT % (definition.replace(b"%%", b"%"), value)).decode()
    with pytest.raises(ImportRefused) as refused:
        read(document.encode(encoding), app="apple-health")
    assert refused.value.line == line or (encoding == "utf-16" and definition and refused.value.line)


def test_a_document_that_would_fill_the_memory_is_refused():
    def endless(start: bytes, more: bytes, times: int):
        yield start
        for _ in range(times):
            yield more

    class Stream(io.RawIOBase):
        def __init__(self, *parts):
            self.parts, self.taken = parts, 0
            self.left = endless(*parts)

        def seek(self, *place):
            self.left = endless(*self.parts)
            return 0

        def read(self, size=-1):
            data = next(self.left, b"")
            self.taken += len(data)
            return data

    for start, more in (
        (b'<HealthData a="', b"a" * 65536),
        (b"<HealthData>", b"<a>" * 9999),
        (b"<?xml version='1.0'?>", b" " * 65536),
        (b"<HealthData><!--", b"x" * 65536),
    ):
        stream = Stream(start, more, 2000)
        with pytest.raises(ImportRefused) as refused:
            list(apple_health.read(ImportSource(stream), BERLIN))
        assert refused.value.line and stream.taken < 8 << 20


def test_a_document_that_is_larger_than_any_element_may_be_is_read_to_its_end():
    record = RECORD % b"80"
    document = DOCUMENT % (b"", b"80")
    large = document.replace(
        record, b"\n".join([b'<Record type="HKQuantityTypeIdentifierHeartRate"/>'] * 40_000 + [record])
    )
    assert [one.line for one in read(large)] == [40_004]


def test_a_bomb_in_an_archive_is_refused():
    packed = zipped({"export.xml": b"<HealthData>" + b" " * (80 << 20)})
    with pytest.raises(ImportRefused, match="too large"):
        read(packed, app="apple-health")


def test_google_fit():
    assert told(read(sample("google-fit.csv"))) == [
        (2, "body_weight", "78.4", "kg"),
        (2, "steps", "8400", ""),
        (2, "distance", "6.2", "km"),
        (4, "body_weight", "78.1", "kg"),
        (4, "steps", "1502", ""),
        (4, "distance", "1.1", "km"),
    ]
    packed = zipped(
        {
            "Takeout/Fit/Daily activity metrics/2024-03-01.csv": b"Start time,End time,Step count\n",
            "Takeout/Fit/Daily activity metrics/Daily activity metrics.csv": sample("google-fit.csv"),
        }
    )
    assert told(read(packed)) == told(read(sample("google-fit.csv")))


def test_google_fit_with_blood_pressure():
    header = "Date,Average systolic blood pressure (mmHg),Average diastolic blood pressure (mmHg),Average weight (kg)"
    assert told(read(f"{header}\n2024-03-01,121.5,80,78.4\n")) == [
        (2, "body_weight", "78.4", "kg"),
        (2, "blood_pressure_systolic", "121.5", "mmHg"),
        (2, "blood_pressure_diastolic", "80", "mmHg"),
    ]


def test_samsung_health():
    records = read(sample("samsung-health.csv"))
    assert told(records) == [
        (3, "body_weight", "84.1", "kg"),
        (3, "body_fat", "22.4", "%"),
        (3, "lean_body_mass", "65.3", "kg"),
        (3, "Skeletal muscle", "33.1", "%"),
        (3, "Basal metabolic rate", "1805", "kcal"),
        (4, "body_weight", "83.8", "kg"),
    ]
    assert records[0].moment == datetime(2024, 3, 1, 6, 30, tzinfo=UTC)
    prefixed = (
        "com.samsung.health.weight,7006011,12\n"
        "com.samsung.health.weight.start_time,com.samsung.health.weight.weight,\n1709274600000,84.1,\n"
    )
    assert read(prefixed)[0].moment == datetime(2024, 3, 1, 6, 30, tzinfo=UTC)
    name = "samsunghealth_anna_20240301/com.samsung.health.weight.20240301.csv"
    other = {"com.samsung.health.height.20240301.csv": b"com.samsung.health.height,1,1\nheight\n178\n"}
    assert len(read(zipped({name: sample("samsung-health.csv")} | other))) == 6
    pressures = [
        (3, "blood_pressure_systolic", "122", "mmHg"),
        (3, "blood_pressure_diastolic", "81", "mmHg"),
        (3, "heart_rate", "63", "bpm"),
    ]
    assert told(read(sample("samsung-blood-pressure.csv"))) == pressures
    both = {
        name: sample("samsung-health.csv"),
        "com.samsung.shealth.blood_pressure.20240301.csv": sample("samsung-blood-pressure.csv"),
    }
    assert told(read(zipped(both)))[:3] == pressures and len(read(zipped(both))) == 9


def test_withings():
    assert told(read(sample("withings.csv"))) == [
        (2, "body_weight", "84.2", "kg"),
        (2, "Bone mass", "3.4", "kg"),
        (2, "Muscle mass", "63.6", "kg"),
        (2, "Hydration", "47.1", "kg"),
        (2, "body_fat", "19.48", "%"),
        (3, "body_weight", "84.6", "kg"),
    ]
    assert told(read(sample("withings-german.csv"))) == told(read(sample("withings.csv")))[:5]
    assert told(read('Date,"Weight (lb)","Fat mass (lb)"\n2024-03-01 07:00:00,180,36\n')) == [
        (2, "body_weight", "180", "lb"),
        (2, "body_fat", "20", "%"),
    ]
    assert [metric for _, metric, _, _ in told(read(sample("withings-bp.csv")))] == [
        "blood_pressure_systolic",
        "blood_pressure_diastolic",
        "heart_rate",
    ]


STEPS, WAYS = b"date,value\n2024-03-01,8400\n", b"date,value\n2024-03-01,6200.4\n"
PRESSURES = [
    (2, "blood_pressure_systolic", "121", "mmHg"),
    (2, "blood_pressure_diastolic", "79", "mmHg"),
    (2, "heart_rate", "61", "bpm"),
]


def test_of_an_archive_of_withings_all_is_read_that_has_a_place_here():
    packed = zipped(
        {
            "data_ANN/weight.csv": sample("withings.csv"),
            "data_ANN/bp.csv": sample("withings-bp.csv"),
            "data_ANN/height.csv": b'Date,"Height (m)",Comments\n"2020-01-01 10:00:00",1.78,\n',
            "data_ANN/aggregates_steps.csv": STEPS,
            "data_ANN/aggregates_distance.csv": WAYS,
            "data_ANN/sleep.csv": b"from,to\n",
            "data_ANN/account.csv": b"key,value\n",
        }
    )
    records = read(packed)
    assert told(records) == [
        (2, "distance", "6.2", "km"),
        (2, "steps", "8400", ""),
        *PRESSURES,
        (2, "height", "178", "cm"),
        *told(read(sample("withings.csv"))),
    ]
    assert {one.file for one in records if one.metric == "steps"} == {"aggregates_steps.csv"}
    assert withings.FORMAT.unread(ImportSource(io.BytesIO(packed))) == ["data_ANN/account.csv", "data_ANN/sleep.csv"]


def test_an_archive_with_one_of_several_files_is_known_by_that():
    assert told(read(zipped({"bp.csv": sample("withings-bp.csv")}))) == PRESSURES
    odd = zipped({"weight.csv": b"day;kilos\n", "bp.csv": sample("withings-bp.csv")})
    assert told(read(odd)) == PRESSURES
    assert withings.FORMAT.unread(ImportSource(io.BytesIO(odd))) == ["weight.csv"]


def test_a_refusal_names_the_file_in_an_archive_of_several():
    packed = zipped(
        {
            "weight.csv": sample("withings.csv"),
            "bp.csv": b"Date,Systolic,Diastolic\n2024-03-01,high,80\n",
        }
    )
    with pytest.raises(ImportRefused, match="^bp.csv, line 2, column Systolic: "):
        read(packed)


def test_several_files_of_an_archive_are_unpacked_within_one_bound():
    bombs = {f"{number}/com.samsung.health.weight.{number}.csv": sample("samsung-health.csv") for number in range(4)}
    packed = zipped({name: data + (b" " * 99_999 + b"\n") * 300 for name, data in bombs.items()})
    with pytest.raises(ImportRefused, match="too large"):
        read(packed, app="samsung-health")


def test_blank_lines_without_end_are_refused(monkeypatch):
    monkeypatch.setattr("wger_flask.imports.source._MOST_LINES", 100)
    with pytest.raises(ImportRefused, match="line 101: there are more than 100 lines"):
        read(sample("withings.csv") + b"\n" * 200)


def test_myfitnesspal():
    first, second, third = read(sample("myfitnesspal.csv"))
    assert first == FoodDiaryEntry(
        2,
        date(2024, 3, 1),
        "Breakfast",
        "Breakfast",
        energy=Decimal("412.5"),
        protein=Decimal(20),
        carbohydrates=Decimal(55),
        sugar=Decimal(12),
        fat=Decimal("12.3"),
        saturated_fat=Decimal("3.1"),
        fiber=Decimal(6),
        sodium=Decimal("0.32"),
    )
    assert (second.energy, third.meal) == (1050, "Snacks")


def test_in_other_countries_commas_are_decimal_and_days_first():
    text = "Date;Meal;Kilojoules;Fat (g);Protein (g)\n3/4/2024;Breakfast;1.725,5;12,3;20\nTotals;;1725,5;12,3;20\n"
    [entry] = read(text, ImportOptions(day_first=True))
    assert (entry.day, entry.fat) == (date(2024, 4, 3), Decimal("12.3"))
    assert round(entry.energy, 1) == Decimal("412.4")
    with pytest.raises(ImportRefused, match="line 2, column Date: .*may be two dates"):
        read(text)


def test_cronometer():
    oats, milk, stew, almonds = read(sample("cronometer.csv"))
    assert (oats.food, oats.meal, oats.time, oats.grams) == ("Oats, Rolled", "Breakfast", time(7, 45), 80)
    assert (milk.grams, milk.time, milk.sodium) == (244, None, Decimal("0.10492"))
    assert (stew.grams, stew.amount, stew.unit, stew.energy) == (None, 1, "full recipe", Decimal("1204.10"))
    assert round(almonds.grams, 2) == Decimal("28.35")


def test_fatsecret():
    entries = read(sample("fatsecret.csv"))
    assert [(one.line, one.day.day, one.meal, one.food, one.energy, one.grams) for one in entries] == [
        (19, 1, "Breakfast", "Rolled Oats", 300, 80),
        (21, 1, "Breakfast", "Oolong Tea", 0, None),
        (24, 1, "Dinner", "Smoked Salmon", 160, 56),
        (26, 1, "Dinner", "Bread & Butter", 740, None),
        (29, 2, "Lunch", "Lunch", 950, None),
    ]
    assert entries[2].sodium == Decimal("1.26") and entries[3].unit == "slices"


@pytest.mark.parametrize(
    ("text", "amount", "unit", "grams"),
    [
        ("80.00 g", "80", "g", "80"),
        ("2  x 1 oz, 56 g", "56", "g", "56"),
        ("1 teabag, 240 ml", "1", "teabag", None),
        ("1,5 kg", "1.5", "kg", "1500"),
        ("1.00 full recipe", "1", "full recipe", None),
        ("3", "3", "", None),
        ("2 cups (8 fl oz)", "2", "cups (8 fl oz)", None),
        ("a handful", None, None, None),
        ("0 g", None, None, None),
        ("", None, None, None),
        ("9" * 80 + " g", None, None, None),
    ],
)
def test_amounts(text, amount, unit, grams):
    found = amount_of(text)
    assert found.get("amount") == (None if amount is None else Decimal(amount))
    assert found.get("unit") == unit and found.get("grams") == (None if grams is None else Decimal(grams))


@pytest.mark.parametrize(
    ("app", "text", "line"),
    [
        ("openscale", "dateTime,weight\n2024-03-01 07:00,heavy\n", 2),
        ("openscale", "dateTime,weight\n2024-03-01 07:00,80\n,80\n", 3),
        ("openscale", "dateTime,weight\n2024-02-30 07:00,80\n", 2),
        ("withings", "Date,Weight (kg),Fat mass (kg)\n2024-03-01,-3,\n", 2),
        ("samsung-health", "com.samsung.health.weight,1,1\nstart_time,weight\nyesterday,80\n", 3),
        ("google-fit", "Date,Average weight (kg)\n2024-03-01,80\nx,80\n", 3),
        ("myfitnesspal", "Date,Meal,Fat (g),Protein (g)\n2024-03-01,Lunch,much,3\n", 2),
        ("cronometer", "Day,Group,Food Name,Amount\n2024-03-01,Lunch,,80 g\n", 2),
        ("fatsecret", "# Food Diary Report\n# Report Details\nDate,a,b,c,d,e,f,g,h\nnever,1\n", 4),
        ("fatsecret", "# Food Diary Report\n", 1),
        ("fatsecret", "# Food Diary Report\n# Report Details\nDate,Cals\n", 3),
    ],
)
def test_a_refusal_names_the_line(app, text, line):
    with pytest.raises(ImportRefused) as refused:
        read(text, app=app)
    assert refused.value.line == line
