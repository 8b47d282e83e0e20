"""What the explorer shows of trophies besides tables: pictures, a user's progress, and figures."""

from __future__ import annotations

from datetime import datetime

from wger_flask.api import Selection, View, active_zone, any_of
from wger_flask.domain.core.models import weight_unit_of
from wger_flask.domain.exercises.models import Exercise
from wger_flask.engine.units import MassUnit

from .awards import KEPT
from .marks import hidden, shown_to, voided
from .models import Trophy, UserTrophy
from .progress import progress


def _trophies(shown):
    """Show trophies with the user's progress towards them."""
    standings = {item["trophy"]["id"]: item for item in progress(shown.call)}
    earned = _earned(shown.call.user)
    cards = [_card(row, standings.get(row["id"]), earned) for row in shown.rows]
    return shown.render("trophies/trophies.html", cards=cards) if cards else None


def _standings(shown):
    """Show what the progress endpoint answers."""
    earned = _earned(shown.call.user)
    return shown.render("trophies/trophies.html", cards=[_card(item["trophy"], item, earned) for item in shown.rows])


def _awards(shown):
    """Show the trophies that the user earned, and for what."""
    kept = any_of(Trophy.checker_class, sorted(KEPT))
    lasting = set(Selection(Trophy, (any_of(Trophy.id, {row["trophy"]["id"] for row in shown.rows}), kept)).keys())
    void, some = voided([row["id"] for row in shown.rows]), hidden(shown.call.user.id).exists()
    cards = _cards_of(shown)
    for card in cards:
        card |= {"is_void": card["id"] in void, "act": "hide" if card["trophy"]["id"] in lasting else ""}
    return shown.render("trophies/trophies.html", cards=cards, some_hidden=some) if cards or some else None


def _hidden_awards(shown):
    """Show the trophies that the user has hidden."""
    cards = [card | {"act": "show", "url": ""} for card in _cards_of(shown)]
    return shown.render("trophies/trophies.html", cards=cards) if cards else None


def _cards_of(shown) -> list[dict]:
    """Return what cards show of awards."""
    records = {row["id"]: row["context_data"] for row in shown.rows if (row["context_data"] or {}).get("exercise_id")}
    names = shown.names(Exercise, [record["exercise_id"] for record in records.values()])
    cards = []
    for row in shown.rows:
        record = records.get(row["id"])
        cards.append({
            **_card(row["trophy"], None, {}), "id": row["id"], "url": shown.url("user-trophy", row["id"]),
            "is_earned": True, "when": row["earned_at"][:10], "record": record,
            "exercise": names.get(str(record["exercise_id"]), "an exercise") if record else "",
        })  # fmt: skip
    return cards


def _figures(shown):
    """Show the figures of the user's training."""
    mass = MassUnit(weight_unit_of(shown.call.user))
    return shown.render("trophies/figures.html", rows=shown.rows, mass=mass) if shown.rows else None


def _card(trophy: dict, standing: dict | None, earned: dict[int, list[datetime]]) -> dict:
    """Return what a card shows of a trophy in its JSON."""
    moments = earned.get(trophy["id"], [])
    return {
        "trophy": trophy, "standing": standing, "is_earned": bool(moments), "times": len(moments), "url": "",
        "when": moments[-1].date().isoformat() if moments else "",
    }  # fmt: skip


def _earned(user) -> dict[int, list[datetime]]:
    """Return when ``user`` earned each trophy, in order of time."""
    moments: dict[int, list[datetime]] = {}
    if user is None:
        return moments
    own = Selection(UserTrophy, shown_to(user), ("earned_at", "id"))
    rows = own.rows(("trophy", "earned_at"))
    for trophy, moment in rows:
        moments.setdefault(trophy, []).append(moment.astimezone(active_zone()))
    return moments


def award_names(keys: list[int]) -> dict[int, str]:
    """Return what awards are called: their trophy."""
    return dict(Selection(UserTrophy, (any_of(UserTrophy.id, keys),)).rows(("id", "trophy.name")))


def register(registry) -> None:
    """Register the views and the names."""
    registry.add_view("trophies", View(rows=_trophies, row=_trophies, instead=True))
    registry.add_view("standings", View(rows=_standings))
    registry.add_view("awards", View(rows=_awards, row=_awards, instead=True))
    registry.add_view("hidden-awards", View(rows=_hidden_awards))
    registry.add_view("figures", View(rows=_figures, row=_figures, instead=True))
    registry.add_names(UserTrophy, award_names)
