"""Profile for work on the project itself: talkative, one process, fast passwords."""

WGER_LOG_LEVEL = "debug"
WGER_ACCESS_LOG = True
WGER_WORKERS = 1
WGER_PASSWORD_HASH = "pbkdf2_sha256"
WGER_PASSWORD_ITERATIONS = 1_000
