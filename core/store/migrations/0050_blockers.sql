-- What is in somebody's way waits (`stuck`) until they say that it is solved. A check-in that is kept private can show it
-- to the mentors (`for_mentors`). Of what was written before, each member's newest check-in alone is taken to wait.

-- Owner: core.features.checkins
ALTER TABLE checkin ADD COLUMN stuck BIGINT NOT NULL DEFAULT 0;
ALTER TABLE checkin ADD COLUMN for_mentors BIGINT NOT NULL DEFAULT 0;
UPDATE checkin SET stuck = 1 WHERE skipped = 0 AND (blocker <> '' OR blocker_kind IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM checkin later
    WHERE later.member_id = checkin.member_id AND later.day > checkin.day AND later.skipped = 0);
CREATE INDEX checkin_stuck ON checkin (cohort_id, id) WHERE stuck = 1;
CREATE INDEX checkin_stuck_of ON checkin (member_id, id) WHERE stuck = 1;

-- Who said that they can help with what is in somebody's way.
CREATE TABLE blocker_offer (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  checkin_id BIGINT NOT NULL REFERENCES checkin (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  PRIMARY KEY (checkin_id, member_id)
);

-- How it was going is released in batches of five people, each answer once. What was given before stays its author's.
ALTER TABLE checkin ADD COLUMN mood_counted BIGINT NOT NULL DEFAULT 0;
UPDATE checkin SET mood_counted = 1 WHERE mood IS NOT NULL;
CREATE INDEX checkin_mood ON checkin (cohort_id, created_at) WHERE mood_counted = 0 AND mood IS NOT NULL;

-- Negative results are counted from the index alone.
DROP INDEX checkin_negative;
CREATE INDEX checkin_negative ON checkin (cohort_id, id, shared, skipped, member_id) WHERE negative = 1;
