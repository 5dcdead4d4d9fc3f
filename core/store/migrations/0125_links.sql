-- Owner: core.cohorts
-- One-time codes that join a channel of another platform to a cohort (`kind` 'place'), or one person's two accounts
-- ('account'). A code itself is nowhere: `hash` is what is kept of it. `platform`, `workspace` and `user_id` are the account
-- that made it; the `asking_` columns are the account that typed one for accounts, until the first account confirms.
CREATE TABLE link_code (
  hash TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  cohort_id BIGINT REFERENCES cohort (id) ON DELETE CASCADE,
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  used_at BIGINT,
  asking_platform TEXT,
  asking_workspace TEXT,
  asking_user TEXT,
  asking_name TEXT,
  asking_at BIGINT
);
CREATE INDEX link_code_person ON link_code (person_id, kind);
CREATE INDEX link_code_cohort ON link_code (cohort_id) WHERE cohort_id IS NOT NULL;
CREATE INDEX link_code_made ON link_code (made_at);

-- Codes that nobody had made, by the account that typed them, so that nobody can try many.
CREATE TABLE link_try (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX link_try_account ON link_try (platform, workspace, user_id, at);
CREATE INDEX link_try_at ON link_try (at);

-- An account that was joined to the person of another one. `former_id` is the person that it was before, and is again when
-- that is undone.
CREATE TABLE account_link (
  id {key},
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  former_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  UNIQUE (platform, workspace, user_id)
);
CREATE INDEX account_link_person ON account_link (person_id);
CREATE INDEX account_link_former ON account_link (former_id);

-- The memberships that came with it: one that became part of another (`into_id`), with the roles that it had, or one that is
-- the person's as it is (NULL).
CREATE TABLE account_link_member (
  link_id BIGINT NOT NULL REFERENCES account_link (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  into_id BIGINT REFERENCES member (id) ON DELETE CASCADE,
  active BIGINT NOT NULL,
  organizer BIGINT NOT NULL,
  mentor BIGINT NOT NULL,
  gave_organizer BIGINT NOT NULL,
  gave_mentor BIGINT NOT NULL,
  PRIMARY KEY (link_id, member_id)
);
CREATE INDEX account_link_member_cohort ON account_link_member (cohort_id);
CREATE INDEX account_link_member_of ON account_link_member (member_id);
CREATE INDEX account_link_member_into ON account_link_member (into_id) WHERE into_id IS NOT NULL;

-- The records that went to the other membership, by table, column and key, so that they can go back.
CREATE TABLE account_link_record (
  link_id BIGINT NOT NULL REFERENCES account_link (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  record_table TEXT NOT NULL,
  record_column TEXT NOT NULL,
  record_key TEXT NOT NULL
);
CREATE INDEX account_link_record_link ON account_link_record (link_id);
CREATE INDEX account_link_record_cohort ON account_link_record (cohort_id);
CREATE INDEX account_link_record_member ON account_link_record (member_id);
