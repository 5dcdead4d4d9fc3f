-- Owner: core.features.reading
-- What was chosen to be read, and why. `day` is the date of its prompt; before that prompt there is none, and one item
-- at most is chosen ahead. What was prompted before is known without the reason.
CREATE TABLE reading_choice (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  day TEXT,
  reason TEXT NOT NULL,
  votes BIGINT NOT NULL,
  UNIQUE (cohort_id, day)
);
CREATE UNIQUE INDEX reading_choice_ahead ON reading_choice (cohort_id) WHERE day IS NULL;
CREATE INDEX reading_choice_of ON reading_choice (item_id);
INSERT INTO reading_choice (cohort_id, item_id, day, reason, votes)
  SELECT i.cohort_id, min(i.id), i.prompted_on, 'votes', 0 FROM reading_item i WHERE i.prompted_on IS NOT NULL
  GROUP BY i.cohort_id, i.prompted_on;
