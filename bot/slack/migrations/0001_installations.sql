-- Owner: bot.slack
-- Where the app is installed, if it is installed into many workspaces. `workspace` is empty for an installation into a whole
-- organisation, `enterprise` where there is none. `token` is encrypted with COHORT_SECRET_KEY.
CREATE TABLE slack_installation (
  enterprise TEXT NOT NULL,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  token TEXT NOT NULL,
  installed_at BIGINT NOT NULL,
  PRIMARY KEY (enterprise, workspace)
);

-- The workspaces of organisations that were heard of, so that a post finds the installation.
CREATE TABLE slack_organisation (
  workspace TEXT PRIMARY KEY,
  enterprise TEXT NOT NULL
);

-- Installations that were begun in a browser: the hash of what it has to bring back, once and in time.
CREATE TABLE slack_state (
  hash TEXT PRIMARY KEY,
  ends_at BIGINT NOT NULL
);
