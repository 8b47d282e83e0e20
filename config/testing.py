"""Profile for tests: no limits in the way, no time spent on hashing, no other server asked."""

WGER_PASSWORD_HASH = "pbkdf2_sha256"
WGER_PASSWORD_ITERATIONS = 1
WGER_RATELIMIT_ENABLED = False
AXES_ENABLED = False
WGER_OPEN_FOOD_FACTS = "off"
