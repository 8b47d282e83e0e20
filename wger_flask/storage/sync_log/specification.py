"""Say which tables, and which of their columns, go to phones: the only place where that is written down.

A column that is not named here never enters the log, whatever is added to a table.  Plugins add tables by an argument
of their resources.
"""

from __future__ import annotations

from dataclasses import dataclass

CORE, PROFILE, INGREDIENTS = "core", "user_profile", "user_ingredients"
PLANNING, ACTIVITY = "user_planning", "user_activity"
STREAMS: tuple[str, ...] = (CORE, PROFILE, INGREDIENTS, PLANNING, ACTIVITY)
"""The streams that every phone gets, by how often their rows change: the catalogue hardly, activity daily."""

OF_USERS: tuple[str, ...] = (PROFILE, PLANNING, ACTIVITY)
"""The streams that have a bucket for each user; ``core`` has one for everybody, ``user_ingredients`` one a food."""

PRIORITIES = {CORE: 3, PROFILE: 1, INGREDIENTS: 2, PLANNING: 1, ACTIVITY: 1}
"""What is shown first on a new phone has the lower number."""


@dataclass(frozen=True, slots=True)
class Synced:
    """A table that goes to phones.

    * ``columns``: the names of columns in the database, the key not among them.
    * ``owner``: the path of references that leads to the user, for a stream of users.
    * ``food``: the column that names a food: in ``user_ingredients`` the one whose bucket the row is in, elsewhere the
      one that the owner needs because of this row.
    * ``unless``: a column of booleans; rows in which it is true are left out.
    """

    table: str
    stream: str
    columns: tuple[str, ...]
    owner: str = ""
    food: str = ""
    unless: str = ""


def _synced(stream: str, table: str, columns: str, **rest: str) -> Synced:
    return Synced(table, stream, tuple(columns.split()), **rest)


_LICENSE = "license_id license_title license_object_url license_author license_author_url license_derivative_source_url"

TABLES: tuple[Synced, ...] = (
    _synced(CORE, "core_language", "short_name full_name"),
    _synced(CORE, "core_license", "short_name full_name url"),
    _synced(CORE, "core_repetitionunit", "name"),
    _synced(CORE, "core_weightunit", "name"),
    _synced(CORE, "exercises_exercise", "uuid category_id variation_group created last_update"),
    _synced(
        CORE, "exercises_translation", "uuid language_id exercise_id description name created last_update"
    ),
    _synced(CORE, "exercises_alias", "uuid translation_id alias"),
    _synced(CORE, "exercises_exercisecomment", "uuid translation_id comment"),
    _synced(CORE, "exercises_exercisecategory", "name"),
    _synced(CORE, "exercises_equipment", "name"),
    _synced(CORE, "exercises_muscle", "name name_en is_front"),
    _synced(CORE, "exercises_exercise_muscles", "exercise_id muscle_id"),
    _synced(CORE, "exercises_exercise_muscles_secondary", "exercise_id muscle_id"),
    _synced(CORE, "exercises_exercise_equipment", "exercise_id equipment_id"),
    _synced(
        CORE, "exercises_exerciseimage",
        f"uuid exercise_id image is_main is_ai_generated style width height created last_update {_LICENSE}",
    ),
    _synced(
        CORE, "exercises_exercisevideo",
        f"uuid exercise_id is_main video size duration width height codec codec_long created last_update {_LICENSE}",
    ),
    _synced(PROFILE, "core_userprofile", "weight_unit height time_zone", owner="user"),
    _synced(PROFILE, "gallery_image", "date image description", owner="user"),
    _synced(
        INGREDIENTS, "nutrition_ingredient",
        "uuid language_id remote_id source_name source_url license_object_url code name brand created energy "
        "carbohydrates carbohydrates_sugar protein fat fat_saturated fiber sodium is_vegan is_vegetarian nutriscore",
        food="id",
    ),
    _synced(
        INGREDIENTS, "nutrition_image",
        f"uuid ingredient_id image size width height created last_update {_LICENSE}", food="ingredient_id",
    ),
    _synced(INGREDIENTS, "nutrition_ingredientweightunit", "uuid ingredient_id name gram", food="ingredient_id"),
    _synced(
        PLANNING, "manager_routine", "name description created start end is_template is_public fit_in_week",
        owner="user", unless="is_template",
    ),
    _synced(
        PLANNING, "measurements_category",
        "name unit metric_type chart_type chart_config parent_id order is_official dynamic_type dynamic_params",
        owner="user",
    ),
    _synced(
        PLANNING, "nutrition_nutritionplan",
        "description creation_date start end only_logging goal_energy goal_protein goal_carbohydrates goal_fiber "
        "goal_fat has_goal_calories",
        owner="user",
    ),
    _synced(PLANNING, "nutrition_meal", "plan_id order time name", owner="plan.user"),
    _synced(
        PLANNING, "nutrition_mealitem", "meal_id ingredient_id weight_unit_id order amount",
        owner="meal.plan.user", food="ingredient_id",
    ),
    _synced(
        ACTIVITY, "measurements_measurement", "category_id date value notes source external_id extra_data",
        owner="category.user",
    ),
    _synced(
        ACTIVITY, "manager_workoutsession", "routine_id day_id notes impression datetime_start datetime_end",
        owner="user",
    ),
    _synced(
        ACTIVITY, "manager_workoutlog",
        "exercise_id routine_id session_id iteration slot_entry_id rir rir_target repetitions repetitions_target "
        "repetitions_unit_id weight weight_target weight_unit_id date",
        owner="user",
    ),
    _synced(
        ACTIVITY, "nutrition_logitem", "plan_id meal_id ingredient_id weight_unit_id datetime amount comment",
        owner="plan.user", food="ingredient_id",
    ),
)  # fmt: skip
