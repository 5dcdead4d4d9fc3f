-- The first day of a time away that is said ahead; none where it began when it was said.
-- Owner: core.cohorts

ALTER TABLE person ADD COLUMN away_from TEXT;
