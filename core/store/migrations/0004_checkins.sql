-- Owner: core.features.checkins
-- One check-in a member and local date. A skipped day has no words.

CREATE TABLE checkin (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  skipped BIGINT NOT NULL DEFAULT 0,
  progress TEXT NOT NULL DEFAULT '',
  learned TEXT NOT NULL DEFAULT '',
  negative BIGINT NOT NULL DEFAULT 0,
  next TEXT NOT NULL DEFAULT '',
  blocker TEXT NOT NULL DEFAULT '',
  blocker_kind TEXT,
  mood BIGINT,
  shared BIGINT NOT NULL DEFAULT 0,
  revision BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  UNIQUE (cohort_id, member_id, day)
);
CREATE INDEX checkin_day ON checkin (cohort_id, created_at);
