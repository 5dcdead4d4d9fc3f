-- Owner: core.delivery
-- Direct messages to many wait for their turn in their workspace (1), until it has come (2).
ALTER TABLE outbox ADD COLUMN paced BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_paced ON outbox (platform, workspace, cohort_id, id) WHERE state = 'held' AND paced = 1;

-- What waits for its turn waits for no hour any more.
DROP INDEX outbox_held_until;
CREATE INDEX outbox_held_until ON outbox (held_until_at)
  WHERE state = 'held' AND fallback_channel IS NULL AND bundled_in IS NULL AND paced = 0;

-- How far each workspace has come: when it takes the next one, whose cohort's was the last, and how many milliseconds lie
-- between two.
CREATE TABLE direct_pace (
  platform TEXT NOT NULL,
  workspace TEXT NOT NULL,
  free_at BIGINT NOT NULL,
  last_cohort BIGINT NOT NULL,
  pace_ms BIGINT NOT NULL,
  PRIMARY KEY (platform, workspace)
);
