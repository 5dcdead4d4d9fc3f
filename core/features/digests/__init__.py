"""The digest: what every feature has to say about a period, with a picture."""
