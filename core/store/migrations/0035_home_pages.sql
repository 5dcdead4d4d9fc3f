-- Owner: core.cohorts
-- The accounts whose page a platform goes on showing, such as Slack's Home tab. `outdated` counts the memberships and
-- cohorts that have ended since it was shown: it has to be shown anew then.
CREATE TABLE home_page (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  user_id TEXT NOT NULL,
  outdated BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (platform, workspace, user_id)
);
CREATE INDEX home_page_outdated ON home_page (platform, workspace) WHERE outdated > 0;
