"""`python -m bot` is `cohort-bot`."""

from bot.cli import main

main()
