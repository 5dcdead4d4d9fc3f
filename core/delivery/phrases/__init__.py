"""When something recurs, in people's words: tokens -> facts -> an RFC 5545 rule, and a rule back into words.

A phrase is understood whole or refused: every word is read by the grammar, and one that means nothing where it stands
is named. What people mean in several ways is asked about.
"""

from core.delivery.phrases.cursor import EXAMPLES
from core.delivery.phrases.describe import describe
from core.delivery.phrases.reading import Instead, PhraseReading, read

__all__ = ["EXAMPLES", "Instead", "PhraseReading", "describe", "read"]
