"""Papers as parameters of commands."""

from typing import Annotated, NewType

from core.commands.spec import Arg
from core.papers.model import Paper, VenueEdition

PaperArg = Annotated[Paper, Arg("Its number or words of its title", max_length=250)]
"""A paper that the caller may see."""

RecordedVenue = NewType("RecordedVenue", VenueEdition)
"""A venue edition that is written down with what the call records: where it may be a slip, it is asked about."""
