-- When the cohort came to see what its author kept private at first: the digest tells what happened in its period, and
-- whatever is shown later happens for the cohort at that moment.

-- Owner: core.features.checkins
ALTER TABLE checkin ADD COLUMN shared_at BIGINT;
ALTER TABLE checkin ADD COLUMN negative_at BIGINT;
UPDATE checkin SET shared_at = created_at WHERE shared = 1 AND skipped = 0;
UPDATE checkin SET negative_at = created_at WHERE shared = 1 AND skipped = 0 AND negative = 1;
CREATE INDEX checkin_shared_at ON checkin (cohort_id, shared_at, member_id) WHERE shared = 1 AND skipped = 0;
CREATE INDEX checkin_negative_at ON checkin (cohort_id, negative_at) WHERE negative_at IS NOT NULL;

-- Owner: core.features.reading
ALTER TABLE reading_takeaway ADD COLUMN shared_at BIGINT;
UPDATE reading_takeaway SET shared_at = written_at WHERE shared = 1;
CREATE INDEX reading_takeaway_shared ON reading_takeaway (cohort_id, shared_at) WHERE shared_at IS NOT NULL;

-- Owner: core.papers
ALTER TABLE submission ADD COLUMN visible_at BIGINT;
CREATE INDEX submission_visible_at ON submission (cohort_id, visible_at) WHERE visible_at IS NOT NULL;
