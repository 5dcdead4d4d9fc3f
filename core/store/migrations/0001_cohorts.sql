-- Instants are BIGINT microseconds since 1970 UTC, local dates are TEXT YYYY-MM-DD, flags are 0 or 1.
-- A table has one owner, the package that holds every statement on it. It stands in a line above the tables.

-- Owner: core.cohorts
CREATE TABLE cohort (
  id {key},
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  starts_on TEXT,
  ends_on TEXT,
  created_at BIGINT NOT NULL,
  archived_at BIGINT,
  suspended_at BIGINT
);

-- A channel belongs to one cohort at most; that is how a command there knows which cohort is meant.
CREATE TABLE place (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  gone_reason TEXT,
  UNIQUE (platform, workspace, channel)
);
CREATE INDEX place_cohort ON place (cohort_id);

-- Which channel serves which purpose: home, checkins, reading, digest ...
CREATE TABLE purpose (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  place_id BIGINT NOT NULL REFERENCES place (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, name, place_id)
);

CREATE TABLE person (
  id {key},
  name TEXT NOT NULL,
  zone TEXT,
  created_at BIGINT NOT NULL
);

-- One person may have accounts on several platforms.
CREATE TABLE account (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  PRIMARY KEY (platform, workspace, user_id)
);
CREATE INDEX account_person ON account (person_id);

CREATE TABLE member (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  organizer BIGINT NOT NULL DEFAULT 0,
  mentor BIGINT NOT NULL DEFAULT 0,
  joined_at BIGINT NOT NULL,
  left_at BIGINT,
  UNIQUE (cohort_id, person_id)
);
CREATE INDEX member_person ON member (person_id);

CREATE TABLE setting (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (cohort_id, key)
);

-- Records have short numbers per cohort and kind (#12).
CREATE TABLE counter (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  last BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, kind)
);

-- Owner: core.commands
-- Calls that changed something, with what they answered, so that a call delivered twice counts once.
CREATE TABLE handled (
  call_id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  result TEXT NOT NULL
);
CREATE INDEX handled_at ON handled (at);

-- A form half filled in, or a call too long for a button. Belongs to one account.
CREATE TABLE draft (
  token TEXT PRIMARY KEY,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX draft_at ON draft (at);

-- Owner: core.store
-- Small facts an adapter keeps, such as the fingerprint of the commands it registered.
CREATE TABLE note (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- Owner: core.delivery
CREATE TABLE schedule (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  kind TEXT NOT NULL,
  words TEXT NOT NULL,
  rule TEXT NOT NULL,
  wall TEXT NOT NULL,
  zone TEXT NOT NULL,
  anchor TEXT NOT NULL,
  next_at BIGINT,
  next_on TEXT,
  paused BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  removed_at BIGINT,
  UNIQUE (cohort_id, number)
);
CREATE INDEX schedule_due ON schedule (next_at) WHERE paused = 0 AND removed_at IS NULL;

CREATE TABLE outbox (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  key TEXT NOT NULL UNIQUE,
  schedule_id BIGINT REFERENCES schedule (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  data TEXT NOT NULL,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  channel TEXT NOT NULL,
  direct BIGINT NOT NULL DEFAULT 0,
  thread_of BIGINT REFERENCES outbox (id) ON DELETE SET NULL,
  thread_name TEXT,
  edits BIGINT REFERENCES outbox (id) ON DELETE CASCADE,
  state TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  slot_at BIGINT NOT NULL,
  retry_at BIGINT NOT NULL,
  lease TEXT,
  lease_until BIGINT,
  attempts BIGINT NOT NULL DEFAULT 0,
  unsure BIGINT NOT NULL DEFAULT 0,
  late BIGINT NOT NULL DEFAULT 0,
  reason TEXT,
  message_id TEXT,
  settled_at BIGINT,
  created_at BIGINT NOT NULL
);
CREATE INDEX outbox_open ON outbox (retry_at) WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_turn ON outbox (platform, workspace, channel, id)
  WHERE state IN ('pending', 'sending');
CREATE INDEX outbox_cohort ON outbox (cohort_id, id);
CREATE INDEX outbox_edits ON outbox (edits);
