"""Foods out of the databases that others publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .application import migrated, note
from .errors import CommandError

if TYPE_CHECKING:
    from ..domain.nutrition.food_import import Food


@click.command("import-ingredients")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--language", "languages", multiple=True, metavar="CODE", help="Only foods named in this language (de).")
@click.option("--country", "countries", multiple=True, metavar="NAME", help="Only foods sold there (germany).")
@click.option(
    "--completeness",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Only products of which as much is filled, as Open Food Facts counts it.",
)
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Only these data types of FoodData Central (sr_legacy_food)."
)
def import_ingredients(
    file: Path, languages: tuple[str, ...], countries: tuple[str, ...], completeness: float, kinds: tuple[str, ...]
) -> None:
    """Import foods from FILE, as Open Food Facts or USDA FoodData Central publish them.

    FILE is Open Food Facts' dump in JSON Lines, packed or not, or FoodData Central's download in CSV, as the zip
    archive or the folder with its tables. Options may be given several times.

    All or nothing, and as often as you like: foods that came from there before are brought up to date, those of other
    sources stay as they are. Foods without a name or one of the main values are left out, and so are those whose values
    contradict one another.
    """
    from ..domain.nutrition.food_import import import_foods

    migrated()
    left_out: Counter[str] = Counter()
    tags = frozenset(name.strip().lower().replace(" ", "-") for name in countries)  # as both sources spell them
    try:
        with _foods(file, frozenset(languages), tags, completeness, frozenset(kinds), left_out) as foods:
            told = import_foods(foods)
    except (ValueError, OSError, EOFError) as wrong:
        raise CommandError(f"nothing was imported: {wrong}") from None
    note(f"import-ingredients {file.name}")
    click.echo(f"{told['new']} foods are new, {told['changed']} were changed, {told['unchanged']} are as they were.")
    if told["kept"]:
        click.echo(f"{told['kept']} were left out: foods of another source have their barcodes.")
    for reason, count in sorted(left_out.items()):
        click.echo(f"{count} were left out: {reason}.")


@contextmanager
def _foods(
    file: Path,
    languages: frozenset[str],
    countries: frozenset[str],
    completeness: float,
    kinds: frozenset[str],
    left_out: Counter[str],
) -> Iterator[Iterator[Food]]:
    """Open FILE as what it is; raises CommandError for options that say nothing to that."""
    from ..domain.nutrition import food_data_central, open_food_facts
    from ..transfer.lines import numbered_lines
    from ..transfer.unpacking import opened

    if file.is_dir() or file.suffix.lower() == ".zip":
        if completeness or languages - {"en"}:
            raise CommandError("FoodData Central is in English, and tells no completeness")
        unknown = kinds - set(food_data_central.KINDS)
        if unknown:
            raise CommandError(
                f"--kind is one of {', '.join(food_data_central.KINDS)}; not {', '.join(sorted(unknown))}"
            )
        with food_data_central.Tables(file) as tables:
            wanted = kinds or frozenset(food_data_central.KINDS)
            yield food_data_central.foods_in(tables, wanted, countries, left_out)
    else:
        if kinds:
            raise CommandError("--kind is for FoodData Central")
        asked = open_food_facts.Wanted(languages, countries, completeness)
        with opened(file) as stream:
            yield open_food_facts.foods_in(numbered_lines(stream), asked, left_out)


COMMANDS = (import_ingredients,)
