"""Measurements, printed side by side from one run: `python -m tests.bench`. None of them is a gate."""
