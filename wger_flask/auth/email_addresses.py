"""Keep the e-mail addresses of accounts: one primary, any number of others, each verified or not.

``User.email`` is always a copy of the primary address, for wger and for clients that know no
other.  New addresses are kept in lower case: letters that no person tells apart must not make two
accounts of one.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from peewee import fn

from ..storage import database
from ..storage.database import IntegrityError, transaction
from ..storage.unicode_names import normalized
from .models import EmailAddress, User

LONGEST = 254
LONGEST_VALID = 320  # RFC 3696, section 3
NOT_VALID = "Enter a valid email address."
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_QUOTED = r'"(?:[!#-\[\]-~]|\\[ -~])*"'
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*|{_QUOTED}")
_LETTER = "a-z\u00a1-\uffff"
_DOMAIN = (
    rf"[{_LETTER}0-9](?:[{_LETTER}0-9-]{{0,61}}[{_LETTER}0-9])?"
    rf"(?:\.(?!-)[{_LETTER}0-9-]{{1,63}}(?<!-))*"
    rf"\.(?!-)(?:[{_LETTER}-]{{2,63}}|xn--[a-z0-9]{{1,59}})(?<!-)"
)  # compiled by its first use: so many letters in either case take 20 ms
_LITERAL = re.compile(r"\[([A-Fa-f0-9:.]+)\]")


def is_valid(email: str) -> bool:
    """Tell whether a message could be sent to ``email``: the form of it, not whether there is a mailbox.

    The rules are those of Django's ``EmailValidator``: a dot-atom or a quoted string before the
    last ``@``, a domain with a dot in any script, an address in brackets or ``localhost`` behind
    it.  Stricter in this: nothing in it is invisible, in quotes neither.
    """
    local, at, domain = email.rpartition("@")
    if not at or len(email) > LONGEST_VALID or not email.isprintable() or not _LOCAL.fullmatch(local):
        return False
    domain = normalized(domain)
    if domain == "localhost" or re.fullmatch(_DOMAIN, domain, re.IGNORECASE):
        return True
    literal = _LITERAL.fullmatch(domain)
    try:
        return literal is not None and ip_address(literal[1]) is not None
    except ValueError:
        return False


def as_stored(email: str) -> str:
    """Return how a new address is kept, and what others are compared with: in lower case and form NFKC."""
    return normalized(email).lower()


def spellings(email: str) -> tuple[str, ...]:
    """Return what an address may be stored as, in lower case: others than this program stored some as typed."""
    return tuple(dict.fromkeys((as_stored(email), email.lower())))


def is_an_address(text: str, but: int | None = None) -> bool:
    """Tell whether ``text`` is the address of an account, other than that of the user ``but``."""
    wanted = spellings(text)
    users = User.select(User.id).where(fn.LOWER(User.email).in_(wanted))
    addresses = EmailAddress.select(EmailAddress.id).where(fn.LOWER(EmailAddress.email).in_(wanted))
    if but is not None:
        users, addresses = users.where(User.id != but), addresses.where(EmailAddress.user != but)
    return users.exists() or addresses.exists()


def is_taken(email: str, but: int | None = None) -> bool:
    """Tell whether ``email`` is the address, or the name, of another user than ``but``: it is not free then.

    A user with the address of another could log in as them, or shut them out.
    """
    named = User.select(User.id).where(fn.LOWER(User.username).in_(spellings(email)))
    if but is not None:
        named = named.where(User.id != but)
    return named.exists() or is_an_address(email, but)


def advisory_lock(email: str) -> None:
    """Keep other transactions from taking ``email`` until this one has ended: no index keeps two accounts from it."""
    database.advisory_lock(f"address {as_stored(email)}")


def of(user: int) -> list[EmailAddress]:
    """Return the addresses of a user, the primary one first."""
    query = EmailAddress.select().where(EmailAddress.user == user)
    return sorted(query, key=lambda row: (not row.primary, row.id))


def find(user: int, email: str) -> EmailAddress | None:
    """Return an address of a user, whatever the case of its letters."""
    same = fn.LOWER(EmailAddress.email).in_(spellings(email))
    return EmailAddress.get_or_none((EmailAddress.user == user) & same)


def is_of(user: User, email: str) -> bool:
    """Tell whether ``email`` is an address of ``user``: the one they go by, or any other."""
    return user.email.lower() in spellings(email) or find(user.id, email) is not None


def of_account(user: User) -> EmailAddress | None:
    """Return the address by which ``user`` goes, None for no address.

    An account that wger made may have no row of it: that is made now.
    """
    if not user.email:
        return None
    with transaction():
        if row := find(user.id, user.email):
            return row
        is_first = not EmailAddress.select().where(EmailAddress.user == user.id, EmailAddress.primary).exists()
        return EmailAddress.create(user=user.id, email=user.email, primary=is_first, verified=False)


def add(user: int, email: str) -> EmailAddress:
    """Add an address, not verified; the first one of a user is primary.  Runs in the caller's transaction.

    An account that wger made may go by an address of which it has no row: that one stays primary.
    """
    email = as_stored(email)
    first = not EmailAddress.select(EmailAddress.id).where(EmailAddress.user == user).exists()
    before = User.get(User.id == user).email if first else ""
    if before and before.lower() != email:
        EmailAddress.create(user=user, email=before, primary=True, verified=False)
        first = False
    row = EmailAddress.create(user=user, email=email, primary=first, verified=False)
    if first:
        User.update(email=row.email).where(User.id == user).execute()
    return row


def mark_verified(key: int, email: str) -> bool:
    """Note that the user proved that the address row ``key`` is theirs.

    False when the row is gone or has become another address, or when another user was first
    to prove the same.
    """
    try:
        with transaction():
            unchanged = (EmailAddress.id == key) & (EmailAddress.email == email)
            return bool(EmailAddress.update(verified=True).where(unchanged).execute())
    except IntegrityError:
        return False


def make_primary(row: EmailAddress) -> None:
    """Make ``row`` the primary address of its user.  Runs in the caller's transaction."""
    EmailAddress.update(primary=False).where(EmailAddress.user == row.user_id, EmailAddress.id != row.id).execute()
    EmailAddress.update(primary=True).where(EmailAddress.id == row.id).execute()
    User.update(email=row.email).where(User.id == row.user_id).execute()
    row.primary = True
