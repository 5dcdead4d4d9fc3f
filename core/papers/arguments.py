"""Papers as parameters of commands."""

from typing import Annotated

from core.commands.spec import Arg
from core.papers.model import Paper

PaperArg = Annotated[Paper, Arg("Its number or words of its title", max_length=250)]
"""A paper that the caller may see."""
