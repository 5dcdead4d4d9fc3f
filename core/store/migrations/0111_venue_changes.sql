-- Owner: core.papers
-- What an organizer entered, imported or removed of venues, for the day in which it can be taken back. `what` says it in
-- words.
CREATE TABLE venue_change (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT REFERENCES member (id) ON DELETE SET NULL,
  number BIGINT NOT NULL,
  what TEXT NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX venue_change_at ON venue_change (at);
CREATE INDEX venue_change_member ON venue_change (member_id);

-- Some editions of a change: what each source said before and after it, as JSON.
CREATE TABLE venue_change_part (
  id {key},
  change_id BIGINT NOT NULL REFERENCES venue_change (id) ON DELETE CASCADE,
  content TEXT NOT NULL
);
CREATE INDEX venue_change_part_of ON venue_change_part (change_id, id);
