"""What the noise of peer review does to a paper: closed forms, rounds, fits and simulation.

No chat, no database, no input or output; numpy only, so that it can be used without the bot:

>>> from core.lottery.decisions import flip
>>> round(flip(0.25, 0.55), 3)  # of the accepted, the part another committee would have rejected
0.491

`decisions` two committees, one paper · `rounds` one paper, several tries · `scores` a paper's own scores ·
`fit` how far two committees, or a cohort's own reviewers, agree · `simulate` whole conferences ·
`overlap` how many papers two committees with exact quotas both accept · `experiments` what was measured · `venues`
accept rates and score scales that are known.

Every rate and probability is a fraction between 0 and 1. Bad input raises ValueError with a sentence that
may be shown to a person. Measured figures: Cortes and Lawrence 2021 (arXiv:2109.09774, the NIPS 2014
experiment) and Beygelzimer and others 2023 (arXiv:2306.03262, the NeurIPS 2021 experiment).
"""
