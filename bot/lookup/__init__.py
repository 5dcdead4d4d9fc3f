"""Where works are looked up: arXiv, Crossref, and pages of the open web, over connections that reach no private network."""
