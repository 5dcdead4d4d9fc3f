-- Owner: core.cohorts
-- What is shown of hidden records, as it was stored last: see core.cohorts.counting. `amount` is NULL for a cell
-- that was withdrawn. `basis` has what each owner brought to the cell, as JSON by the member's id.
CREATE TABLE figure (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  cell TEXT NOT NULL,
  amount BIGINT,
  basis TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, name, cell)
);

-- Hidden records of several people that were counted together, once.
CREATE TABLE figure_batch (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  at BIGINT NOT NULL,
  amount BIGINT NOT NULL
);
CREATE INDEX figure_batch_at ON figure_batch (cohort_id, name, at);

-- Owner: core.papers
-- A number that a paper had while it was hidden; its owner still finds it by that. Papers keep the numbers that
-- they have: a gap that is there stays a gap whatever becomes of the hidden paper, so a new number for that one
-- would hide nothing and only confuse its owner.
CREATE TABLE submission_alias (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  submission_id BIGINT NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, number)
);
CREATE INDEX submission_alias_of ON submission_alias (submission_id);

-- Who reads a note of the timeline: 'cohort' is whoever sees the paper, as it was for all notes before.
ALTER TABLE submission_event ADD COLUMN note_visibility TEXT NOT NULL DEFAULT 'cohort';

-- Whether a record was counted in a batch. Those from before were counted in the digests of their time.
ALTER TABLE checkin ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
UPDATE checkin SET counted = 1;
CREATE INDEX checkin_uncounted ON checkin (cohort_id) WHERE counted = 0 AND shared = 0 AND skipped = 0;
ALTER TABLE reading_done ADD COLUMN counted BIGINT NOT NULL DEFAULT 0;
UPDATE reading_done SET counted = 1;

-- Whether a vote is shown with its member's name. Those from before were given without.
ALTER TABLE reading_vote ADD COLUMN named BIGINT NOT NULL DEFAULT 0;
