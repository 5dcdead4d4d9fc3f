-- Owner: core.papers
-- A page of papers and how many there are, read from the index alone.
CREATE INDEX submission_listed ON submission (cohort_id, id, visibility, owner_id, stage);
