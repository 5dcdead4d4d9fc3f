-- Owner: core.papers
-- A file of papers that a member took in, with the papers that came of it: for a day it can be taken back as a whole.
-- `taken_back_at` is when that happened, so that what went with it can be had back together.
CREATE TABLE paper_import (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  at BIGINT NOT NULL,
  taken_back_at BIGINT,
  UNIQUE (cohort_id, number)
);
CREATE INDEX paper_import_at ON paper_import (at);
CREATE INDEX paper_import_member ON paper_import (member_id);

ALTER TABLE submission ADD COLUMN import_id BIGINT REFERENCES paper_import (id) ON DELETE SET NULL;
CREATE INDEX submission_import ON submission (import_id) WHERE import_id IS NOT NULL;
