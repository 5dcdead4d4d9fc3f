-- The end of a cohort, step by step. `deletes_at` is when an archived cohort is deleted, NULL for one that was archived
-- before there was such an instant; `ending_at` is when the next step is due, a warning or the deletion, and `warned` how many
-- warnings were given. `goodbye_at` is when a cohort whose last day is over said goodbye.
ALTER TABLE cohort ADD COLUMN deletes_at BIGINT;
ALTER TABLE cohort ADD COLUMN ending_at BIGINT;
ALTER TABLE cohort ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cohort ADD COLUMN goodbye_at BIGINT;
UPDATE cohort SET ending_at = archived_at WHERE archived_at IS NOT NULL;
CREATE INDEX cohort_ending ON cohort (ending_at) WHERE ending_at IS NOT NULL;
CREATE INDEX cohort_ended ON cohort (ends_on) WHERE ends_on IS NOT NULL AND goodbye_at IS NULL AND archived_at IS NULL;
