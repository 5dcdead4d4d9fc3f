-- Owner: core.delivery
-- When a feature is called for a cohort: one instant for each kind. Everything up to `since_at` has been dealt with.
CREATE TABLE timer (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  since_at BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, kind)
);
CREATE INDEX timer_due ON timer (due_at);

-- Owner: core.features.deadlines
-- Which editions of venues a member follows, or, with `follows` 0, does not although a paper of theirs goes there.
-- `number` is that of the edition where two conferences have one name, else 0.
CREATE TABLE venue_follow (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  venue_key TEXT NOT NULL,
  year BIGINT NOT NULL,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  follows BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (member_id, venue_key, year, number)
);
CREATE INDEX venue_follow_of ON venue_follow (cohort_id, venue_key, year);
