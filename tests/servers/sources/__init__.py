"""Servers that speak what arXiv and Crossref speak, and pages that lead astray."""
