-- Owner: core.cohorts
-- Which kinds of direct messages somebody wants: their own quiet hours ("21:00-08:00" or "none", NULL for those of the
-- cohort), the hour of the one message a day that holds all ("quiet" for the end of the quiet hours, "18:00"; NULL for
-- each by itself), and the kinds that they switched on or off.
ALTER TABLE person ADD COLUMN quiet TEXT;
ALTER TABLE person ADD COLUMN bundle TEXT;

CREATE TABLE person_notice (
  person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  wanted BIGINT NOT NULL,
  PRIMARY KEY (person_id, kind)
);

-- A direct message that waits for the end of its reader's quiet hours, or for their one message a day, which is the row
-- `bundled_in` then.
ALTER TABLE outbox ADD COLUMN held_until_at BIGINT;
ALTER TABLE outbox ADD COLUMN bundled_in BIGINT REFERENCES outbox (id) ON DELETE SET NULL;
CREATE INDEX outbox_held_until ON outbox (held_until_at)
  WHERE state = 'held' AND fallback_channel IS NULL AND bundled_in IS NULL;
CREATE INDEX outbox_bundled ON outbox (bundled_in) WHERE bundled_in IS NOT NULL;
