"""The vocabulary shared by every subject, what a user prefers, and the small endpoints."""

from __future__ import annotations

from wger_flask.api import owned_by, table_of


def register(registry) -> None:
    """Register the subject."""
    from . import check_language, earlier_releases, models, profile, resources, versions

    registry.add_models(*models.MODELS)
    registry.add(*resources.RESOURCES)
    registry.add_blueprint(versions.versions)
    registry.add_blueprint(check_language.check_language)
    registry.add_blueprint(profile.profile)
    registry.add_blueprint(profile.permissions)
    registry.add_blueprint(earlier_releases.former)
    registry.add_upload(table_of(models.UserProfile), PATCH=profile.take_profile)
    registry.on_user_created(profile.furnish)
    registry.add_owned("userprofile", models.UserProfile, owned_by("user"), profile.OwnProfileSchema)
    registry.distrust(profile.is_temporary, "Your account was made only to look around.")
