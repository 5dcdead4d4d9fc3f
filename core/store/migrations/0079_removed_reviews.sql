-- When a review was removed, for the day in which that can be undone.
ALTER TABLE review ADD COLUMN removed_at BIGINT;
CREATE INDEX review_removed ON review (removed_at) WHERE removed_at IS NOT NULL;

-- A post that only its reader may know of, such as one about a paper that the cohort does not see: organizers are shown
-- neither it nor that there is one more.
ALTER TABLE outbox ADD COLUMN discreet BIGINT NOT NULL DEFAULT 0;
CREATE INDEX outbox_discreet ON outbox (cohort_id, state) WHERE discreet = 1;
UPDATE outbox SET discreet = 1 WHERE kind IN ('submissions.changed', 'submissions.coauthor');
