-- Owner: core.features.feedback
-- A thank you, as the cohort reads it in the digest. `number` counts within the cohort.
CREATE TABLE feedback_thanks (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  by_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  to_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  words TEXT NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX feedback_thanks_at ON feedback_thanks (cohort_id, at);
CREATE INDEX feedback_thanks_by ON feedback_thanks (by_id, at);
CREATE INDEX feedback_thanks_to ON feedback_thanks (to_id, at);
