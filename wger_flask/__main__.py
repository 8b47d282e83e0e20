"""Run the command: ``python -m wger_flask``."""

from .commands import main

main()
