-- Owner: core.papers
-- A paper on its way. `folded` is the title in one case, for finding it; `coauthors` are names as typed.
-- `first_stage` is how far it had come when it was added, the beginning of its timeline.
CREATE TABLE submission (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  owner_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  title TEXT NOT NULL,
  folded TEXT NOT NULL,
  stage TEXT NOT NULL,
  first_stage TEXT NOT NULL,
  visibility TEXT NOT NULL,
  coauthors TEXT,
  link TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX submission_owner ON submission (owner_id);

-- One try of a paper at one venue edition. `venue` is empty where none was named; `venue_key` is the name
-- without case and punctuation. An open round has no decision.
CREATE TABLE submission_round (
  id {key},
  submission_id BIGINT NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  venue TEXT NOT NULL,
  venue_key TEXT NOT NULL,
  year BIGINT,
  decision TEXT,
  decided_on TEXT
);
CREATE INDEX submission_round_of ON submission_round (submission_id, id);

-- What happened to a paper after it was added: `day` is the local date as the member told it, `at` when they told it.
CREATE TABLE submission_event (
  id {key},
  submission_id BIGINT NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  member_id BIGINT REFERENCES member (id) ON DELETE SET NULL,
  at BIGINT NOT NULL,
  day TEXT NOT NULL,
  stage_before TEXT NOT NULL,
  stage TEXT NOT NULL,
  note TEXT
);
CREATE INDEX submission_event_of ON submission_event (submission_id, id);
