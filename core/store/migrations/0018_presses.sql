-- Owner: core.commands
-- Buttons that were pressed and changed something, so that they do so once. `key` stands for the message, the button
-- and, where everybody may press it for themselves, the person. Nothing of what was changed is kept here.
CREATE TABLE press (
  key TEXT PRIMARY KEY,
  cohort_id BIGINT REFERENCES cohort (id) ON DELETE CASCADE,
  person_id BIGINT REFERENCES person (id) ON DELETE SET NULL,
  call_id TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX press_cohort ON press (cohort_id);

-- Owner: core.delivery
-- A post that an organizer had sent beside a schedule's dates, and the member who asked for a post and is told where
-- it could not be sent.
ALTER TABLE outbox ADD COLUMN by_hand BIGINT NOT NULL DEFAULT 0;
UPDATE outbox SET by_hand = 1 WHERE schedule_id IS NOT NULL AND key LIKE '%:' || 'run' || ':%';
ALTER TABLE outbox ADD COLUMN asked_by BIGINT REFERENCES member (id) ON DELETE SET NULL;
