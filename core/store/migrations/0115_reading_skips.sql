-- Owner: core.features.reading
-- Who sits out what is read now: nobody's business but theirs, and forgotten with the next prompt. `day` is the date of the
-- prompt.
CREATE TABLE reading_skip (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  PRIMARY KEY (item_id, member_id)
);
CREATE INDEX reading_skip_of ON reading_skip (cohort_id, day);
CREATE INDEX reading_skip_by ON reading_skip (member_id);
