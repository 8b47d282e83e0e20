"""Find out whether a name and a password belong together.

Every login goes through :func:`verify_for_login`; where users show again who they are, it is
:func:`verify`: there failed attempts are counted, old hashes are replaced, and an unknown name takes as
long as a wrong password.
"""

from __future__ import annotations

from collections.abc import Sequence

from peewee import Expression, ModelSelect, fn

from ..storage.database import after_commit, write_if_able
from . import audit, credential_stamps, email_addresses, lockout, passwords, usernames
from .models import EmailAddress, User
from .policy import policy
from .second_factors import authenticators


def named(username: str, *, any_case: bool = False) -> list[User]:
    """Return the user with exactly this name, if any; with ``any_case`` those whose name differs by case alone too.

    A name counts in form NFKC, unless an account is stored with exactly this spelling.
    """
    spellings = usernames.spellings(username)
    same = User.username.in_(spellings)
    if any_case:
        same |= fn.LOWER(User.username).in_([spelling.lower() for spelling in spellings])
    users = sorted(_users(same), key=lambda user: (*spellings, user.username).index(user.username))
    return users if any_case else users[:1]


def reached_at(email: str) -> list[User]:
    """Return the users whose address this is: the one they gave, or one that they verified."""
    if "@" not in email:
        return []
    return _users(fn.LOWER(User.email).in_(email_addresses.spellings(email)) | User.id.in_(_provers_of(email)))


def known_as(text: str, *, any_case: bool = False) -> list[User]:
    """Return the users whom a login as ``text`` may mean: the likeliest first.

    A user with this verified address comes before one with this name; an address that
    is not verified counts where no account has it as its name.
    """
    proved = _users(User.id.in_(_provers_of(text))) if "@" in text else []
    others = named(text, any_case=any_case)
    if not proved and not others:
        return reached_at(text)
    return proved + [user for user in others if user not in proved]


def verify(candidates: Sequence[User], password: str, address: str | None) -> User | None:
    """Return the one of ``candidates`` whose password this is, active or not, else None.

    ``address`` is where the attempt comes from.  Raises
    :class:`~wger_flask.rest.errors.Throttled` when too many failed from there.  Call it outside
    of any transaction: hashing takes long.
    """
    lockout.demand(address)
    for user in candidates:
        if passwords.matches(password, user.password) and _renewed(user, password):
            return user
    passwords.spend(password, candidates[-1].password if candidates else None, policy().hashing, _one_of_each())
    lockout.failed(address)
    audit.note_if_able(audit.LOGIN_FAILED, candidates[0] if candidates else None)
    return None


def verify_for_login(candidates: Sequence[User], password: str, address: str | None, name: str) -> User | None:
    """Do what :func:`verify` does, where a user is to be logged in by it; ``name`` is what was typed for the user.

    Raises :class:`~.second_factors.authenticators.SecondFactorNeeded` where the password is right, the account
    active, and the password not enough.
    """
    lockout.demand_of_name(name, address)
    user = verify(candidates, password, address)
    if user is None:
        lockout.failed_of_name(name)
    else:
        lockout.note_login(name, address)
    if user is not None and not user.is_active:
        audit.note_if_able(audit.LOGIN_FAILED, user, "the account is closed")
    if user is not None and user.is_active and (types := authenticators.needed(user.id)):
        raise authenticators.SecondFactorNeeded(user, types)
    return user


def _renewed(user: User, password: str) -> bool:
    """Replace the hash of an old format or strength by a current one; False when the password was changed meanwhile."""
    if passwords.is_current(user.password, policy().hashing):
        return True
    before, fresh = user.password, passwords.hash_password(password, policy().hashing)
    was_first = True

    def write() -> None:
        nonlocal was_first
        credential_stamps.advisory_lock(user.id)
        unchanged = (User.id == user.id) & (User.password == before)
        was_first = bool(User.update(password=fresh).where(unchanged).execute())
        if was_first:
            credential_stamps.keep(user.id, before, fresh)
            after_commit(lambda: setattr(user, "password", fresh))

    write_if_able(f"the new hash of user {user.id}", write)
    if was_first:
        return True
    user.password = User.select(User.password).where(User.id == user.id).scalar() or ""
    return passwords.matches(password, user.password)  # another login has renewed it


def _one_of_each() -> list[str]:
    """Return a password hash of each format that accounts have."""
    start = fn.SUBSTR(User.password, 1, 4)
    query = User.select(fn.MAX(User.password)).where(start.not_in(("", passwords.UNUSABLE))).group_by(start)
    return list(query.scalars())


def _provers_of(email: str) -> ModelSelect[EmailAddress]:
    wanted = fn.LOWER(EmailAddress.email).in_(email_addresses.spellings(email))
    return EmailAddress.select(EmailAddress.user).where(wanted, EmailAddress.verified)


def _users(condition: Expression) -> list[User]:
    return list(User.select().where(condition).order_by(User.id))
