-- Owner: core.cohorts
-- Roles of a platform whose holders have a role in a cohort. `name` is what the platform's role was called when it was named
-- last; its id is what counts.
CREATE TABLE role_grant (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  role_id TEXT NOT NULL,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (cohort_id, platform, workspace, role_id, role)
);

-- Through which of them a member has a role; NULL where a person gave it.
ALTER TABLE member ADD COLUMN mentor_through TEXT;
ALTER TABLE member ADD COLUMN organizer_through TEXT;
