-- Owner: core.cohorts
-- The accounts whose page a platform goes on showing, such as Slack's Home tab. It is shown anew, and says nothing of
-- the cohort any more, where it was marked as outdated.
CREATE TABLE home_page (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  outdated_at BIGINT,
  PRIMARY KEY (platform, workspace, user_id)
);
CREATE INDEX home_page_outdated ON home_page (platform, workspace, outdated_at) WHERE outdated_at IS NOT NULL;
