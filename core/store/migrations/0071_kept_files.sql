-- Owner: core.commands
-- A file that its giver is shown a preview of before it is taken in: compressed, in base64. Belongs to one account, for
-- a day.
CREATE TABLE kept_file (
  token TEXT PRIMARY KEY,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  content TEXT NOT NULL
);
CREATE INDEX kept_file_at ON kept_file (at);
CREATE INDEX kept_file_of ON kept_file (platform, workspace, user_id, at);
CREATE INDEX kept_file_cohort ON kept_file (cohort_id);
