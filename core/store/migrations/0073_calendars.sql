-- Owner: core.features.deadlines
-- An address at which a calendar is read: a member's own, or with `own` 0 the cohort's as that member was given it. The
-- token itself is kept nowhere.
CREATE TABLE calendar_address (
  token_hash TEXT PRIMARY KEY,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  own BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  UNIQUE (member_id, own)
);
CREATE INDEX calendar_address_cohort ON calendar_address (cohort_id);

-- What a calendar has shown, so that an event keeps its id, grows its number when it changes, and is cancelled before it
-- goes. `member_id` is NULL for the cohort's own calendar; `owner` is the same with 0 in its place.
CREATE TABLE calendar_event (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT REFERENCES member (id) ON DELETE CASCADE,
  owner BIGINT NOT NULL,
  subject TEXT NOT NULL,
  uid TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  content TEXT NOT NULL,
  over_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  cancelled_at BIGINT,
  UNIQUE (cohort_id, owner, subject)
);
CREATE INDEX calendar_event_member ON calendar_event (member_id);
