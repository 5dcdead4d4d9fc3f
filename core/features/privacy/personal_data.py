"""What tables hold of people that are no feature's: of cohorts, papers, posts, calls and the store. Those of features are
found where these are."""

from core.cohorts import personal_data as cohorts
from core.commands import personal_data as commands
from core.delivery import personal_data as delivery
from core.papers import personal_data as papers

PERSONAL_DATA = (
    *cohorts.PERSONAL_DATA,
    *commands.PERSONAL_DATA,
    *delivery.PERSONAL_DATA,
    *papers.PERSONAL_DATA,
)
