"""The lottery in a terminal: a second presenter of the figures that the chat shows."""
