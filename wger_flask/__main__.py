"""Run the command: ``python -m wger_flask``."""

from .cli import main

main()
