"""Make accounts, change their passwords, give them tokens.

Used by the endpoints, the pages and the command alike.  What other subjects keep of every user
(a profile, say) they make when they are told of a new one: see ``registry.on_user_created``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from peewee import DataError, fn

from ..storage import columns
from ..storage.database import IntegrityError, after_commit, transaction, write_if_able
from . import (
    audit,
    credential_stamps,
    credentials,
    email_addresses,
    limits,
    messages,
    passwords,
    refresh_tokens,
    sessions,
    usernames,
)
from .models import EmailAddress, Token, User
from .policy import policy

LENGTHS = {"username": usernames.LONGEST, "email": email_addresses.LONGEST}

_new_user_hooks: Sequence[Callable[[int, str], None]] = ()


class Taken(ValueError):
    """Say that an account exists already with the values of ``fields``: ``username``, ``email``."""

    def __init__(self, fields: tuple[str, ...]):
        super().__init__(f"there is an account with this {' and this '.join(fields)} already")
        self.fields = fields


class TooLong(ValueError):
    """Say that the database does not hold values of this length, by field: ``fields`` maps names to limits."""

    def __init__(self, fields: dict[str, int]):
        super().__init__(" and ".join(f"{name} may have {most} characters at most" for name, most in fields.items()))
        self.fields = fields


def set_new_user_hooks(hooks: Sequence[Callable[[int, str], None]]) -> None:
    """Make ``hooks`` those that are called for new users in this process: see ``registry.on_user_created``."""
    global _new_user_hooks
    _new_user_hooks = hooks


def taken(username: str = "", email: str = "", *, any_case: bool = False) -> tuple[str, ...]:
    """Return which of the two belong to an account already; ``any_case`` compares names without case.

    A name is also taken where another account has it as its address, and the other way round.
    """
    same = fn.LOWER(User.username) == username.lower() if any_case else User.username == username
    clashes = []
    if username and User.select(User.id).where(same).exists():
        clashes.append("username")
    elif "@" in username and email_addresses.is_an_address(username):
        clashes.append("username")
    if email and email_addresses.is_taken(email):
        clashes.append("email")
    return tuple(clashes)


def register(username: str, password: str, email: str = "", *, language: str = "", admin: bool = False) -> User:
    """Make an account with everything that belongs to one, and send the letter that verifies its address.

    The name is stored in form NFKC.  Raises :class:`Taken`, and :class:`TooLong` where the
    database minds.  Nothing else is checked: see :func:`.usernames.problems`, :mod:`.password_rules`
    and :func:`.email_addresses.is_valid`.
    """
    username = usernames.normalized(username)
    hashed = passwords.hash_password(password, policy().hashing)
    try:
        with transaction():
            for address in sorted({email_addresses.as_stored(text) for text in (username, email) if "@" in text}):
                email_addresses.advisory_lock(address)
            if clash := taken(username, email):
                raise Taken(clash)
            user = User.create(
                username=username,
                password=hashed,
                email=email_addresses.as_stored(email),
                is_staff=admin,
                is_superuser=admin,
            )
            audit.note(audit.USER_CREATED, user, "an administrator" if admin else "")
            row = email_addresses.add(user.id, email) if email else None
            for hook in _new_user_hooks:
                hook(user.id, language)
            if row is not None:
                after_commit(lambda: messages.send_verification(row))
    except IntegrityError:
        if clash := taken(username, email):  # another request made it in the same moment
            raise Taken(clash) from None
        raise
    except DataError:
        sent = {"username": username, "email": email_addresses.as_stored(email)}
        raise TooLong({name: most for name, most in LENGTHS.items() if len(sent[name]) > most}) from None
    return user


def change_password(user: User, password: str, *, session: str | None = None, keep_key: bool = False) -> None:
    """Give ``user`` another password, and end what came with the old one.

    Every session ends, every access, refresh and sync token, and the API key (unless ``keep_key``).  The session
    with the id ``session``, in which the owner changes it, goes on, and so do its access tokens: then
    :class:`~.credential_stamps.PasswordChanged` is raised where another change came first.
    """
    hashed = passwords.hash_password(password, policy().hashing)
    with transaction():
        credential_stamps.advisory_lock(user.id)
        if session is not None:
            credential_stamps.demand_unchanged(user)
        User.update(password=hashed).where(User.id == user.id).execute()
        audit.note(audit.PASSWORD_CHANGED, user)
        _end_what_came_with(user.id, hashed, session, keep_key)
    user.password = hashed


def reset_password(reset: messages.Reset, password: str) -> bool:
    """Use a reset key; False when it was used meanwhile.  To have read the letter proves the address.

    Every session, every token and the API key end: an intruder is logged out.
    """
    hashed = passwords.hash_password(password, policy().hashing)
    user = reset.user
    with transaction():
        credential_stamps.advisory_lock(user.id)
        unchanged = (User.id == user.id) & (User.password == user.password)
        if not User.update(password=hashed).where(unchanged).execute():
            return False
        audit.note(audit.PASSWORD_RESET, user)
        _end_what_came_with(user.id, hashed)
    user.password = hashed
    if row := email_addresses.find(user.id, reset.email):
        email_addresses.mark_verified(row.id, row.email)
    return True


def _end_what_came_with(user: int, hashed: str, session: str | None = None, keep_key: bool = False) -> None:
    sessions.end_of_password(user, credential_stamps.renew(user, hashed), session)
    refresh_tokens.revoke(user)
    if not keep_key:
        Token.delete().where(Token.user == user).execute()


def note_login(user: User) -> None:
    """Remember when ``user`` was last here."""

    def write() -> None:
        User.update(last_login=columns.now()).where(User.id == user.id).execute()
        audit.note(audit.LOGIN, user)

    write_if_able(f"the login of user {user.id}", write)


def permanent_token(user: User) -> str:
    """Return the permanent token of a user, making it when there is none.

    Raises :class:`~.credential_stamps.PasswordChanged` when it would outlive a password that was changed since ``user``
    was read.
    """
    known = Token.get_or_none(Token.user == user.id)
    if known is None:
        with transaction():
            credential_stamps.advisory_lock(user.id)
            credential_stamps.demand_unchanged(user)
            known = Token.get_or_none(Token.user == user.id)
            if known is None:
                known = Token.create(user=user.id)
                audit.note(audit.TOKEN_MADE, user)
    return known.key


def revoke_token(user: int) -> None:
    """Take the permanent token of a user away."""
    with transaction():
        if Token.delete().where(Token.user == user).execute():
            audit.note(audit.TOKEN_REVOKED, User.get_by_id(user))


def request_verification(user_id: int) -> EmailAddress | None:
    """Send an e-mail that verifies the user's primary address, unless it is verified; returns the address.

    Returns None where the user has no address.  Raises :class:`~wger_flask.rest.errors.Throttled` (429) where too many
    e-mails went to it.
    """
    user = User.get_or_none(User.id == user_id)
    row = email_addresses.find(user_id, user.email) if user and user.email else None
    if row is not None and not row.verified:
        limits.sender()
        limits.recipient(row.email)
        messages.send_verification(row)
    return row


def request_reset(email: str) -> None:
    """Send each user with the address ``email`` a letter with which to choose a new password.

    Raises :class:`~wger_flask.rest.errors.Throttled` when there were too many to this address.
    """
    limits.recipient(email)
    for user in credentials.reached_at(email):
        if user.is_active and not user.password.startswith(passwords.UNUSABLE):
            messages.send_reset(user, email_addresses.as_stored(email))


# -- for the command -----------------------------------------------------------------------------
def create_user(username: str, password: str, email: str = "", admin: bool = False) -> int:
    """Make an account; returns its primary key.  Raises ValueError with a sentence for a person.

    The operator of a server may choose any password, so its strength is not judged here.
    """
    username, password, email = usernames.normalized(username).strip(), password.strip(), email.strip()
    if not username or len(username) > usernames.LONGEST or not usernames.is_printable(username):
        raise ValueError(f"a name has 1 to {usernames.LONGEST} printable characters")
    if not password:
        raise ValueError("a password is needed")
    if email and not email_addresses.is_valid(email):
        raise ValueError(f"{email!r} is not an e-mail address")
    return register(username, password, email, admin=admin).id


def set_password(username: str, password: str) -> None:
    """Give an account another password; everything that came with the old one ends, the API key too.

    Raises ValueError with a sentence for a person.
    """
    if not password.strip():
        raise ValueError("a password is needed")
    change_password(account_named(username), password.strip())


def create_token(username: str) -> str:
    """Return the permanent token of an account, making it when there is none.  Raises ValueError."""
    return permanent_token(account_named(username))


def account_named(username: str) -> User:
    """Return the :class:`User` with this user name; raises ValueError with a sentence for people."""
    users = credentials.named(username)
    if not users:
        raise ValueError(f"there is no account {username!r}")
    return users[0]
