"""Values that have broken servers before, and any others that hypothesis thinks of.

The same ones each time, and few: ``FUZZ_TIMES=20 make test ARGS=tests/fuzz`` tries more, and others.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

TIMES = int(os.environ.get("FUZZ_TIMES", "1"))


def examples(number: int) -> settings:
    """Return the settings of a test that tries ``number`` examples."""
    return settings(
        max_examples=number * TIMES,
        derandomize=TIMES == 1,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


LIGHTLY, THOROUGHLY = examples(12), examples(150)

TEXTS = st.sampled_from([
    "", " ", "0", "-1", "1", "1.5", "1e400", "-1e-400", "NaN", "Infinity", "null", "None", "true", "True", "9" * 25,
    "9" * 5000, "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "0x10", "1_0",
    "\x00", "a\x00b", "'", '"', "\\", "%", "_", "';--", "a,b", ",", "1,2,3", ",".join(map(str, range(1100))),
    "2024-02-30", "2024-02-29", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59Z", "2024-01-01T00:00:00+14:00",
    "2024-03-31T02:30:00", "24:00", "12:30", "00000000-0000-0000-0000-000000000000", "１２", "٣", "ß", "İ", "\u202e",
    "\u2028", "😀" * 40, "é", "e\u0301", "<script>alert(1)</script>", "{}", "[]", "../../etc/passwd", "\r\nX: y", "kg",
    "en", "a", "normal", "custom", "*", "(" * 100, '"' * 99, "AND OR NOT", "NEAR(", "a b c d e f g h i j k l m n o p",
])  # fmt: skip
ANY_TEXT = TEXTS | st.text(max_size=30)
NUMBERS = st.sampled_from([
    0, -1, 1, 2, 1.5, -0.0, 1e308, 5e-324, 10**25, 2**31, 2**63, -(2**63) - 1, 10**400, 0.1 + 0.2,
]) | st.integers() | st.floats(allow_nan=False, allow_infinity=False)  # fmt: skip
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | NUMBERS | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
