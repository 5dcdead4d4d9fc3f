-- Owner: core.papers
-- The rounds at one venue are found among a cohort's own by an index, and not by a look at each of its papers.
ALTER TABLE submission_round ADD COLUMN cohort_id BIGINT REFERENCES cohort (id) ON DELETE CASCADE;
UPDATE submission_round SET cohort_id =
  (SELECT s.cohort_id FROM submission s WHERE s.id = submission_round.submission_id);
CREATE INDEX submission_round_at ON submission_round (cohort_id, venue_key, year, submission_id);
