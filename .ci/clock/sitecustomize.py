"""Move the clock of this process by ``CLOCK_AHEAD`` seconds: Python reads this file at its start (see .ci/at)."""

import os
from datetime import UTC, datetime, timedelta

import time_machine

time_machine.travel(datetime.now(UTC) + timedelta(seconds=float(os.environ["CLOCK_AHEAD"])), tick=True).start()
