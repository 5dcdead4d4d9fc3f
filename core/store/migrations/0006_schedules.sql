-- Owner: core.delivery
-- Exceptions, schedules that follow each member's own time zone, and what was changed when.

ALTER TABLE schedule ADD COLUMN exceptions TEXT NOT NULL DEFAULT '';
ALTER TABLE schedule ADD COLUMN follow TEXT NOT NULL DEFAULT 'cohort';

-- Every slot up to this instant has been dealt with.
ALTER TABLE schedule ADD COLUMN done_at BIGINT NOT NULL DEFAULT 0;
UPDATE schedule SET done_at = coalesce(next_at - 1, created_at);
CREATE INDEX schedule_done ON schedule (done_at) WHERE paused = 0 AND removed_at IS NULL;

CREATE TABLE schedule_change (
  id {key},
  schedule_id BIGINT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  member_id BIGINT REFERENCES member (id) ON DELETE SET NULL,
  what TEXT NOT NULL
);
CREATE INDEX schedule_change_schedule ON schedule_change (schedule_id);

-- Somebody who is away until a local date gets no reminders; nor does somebody who wants none.
ALTER TABLE person ADD COLUMN away_until TEXT;
ALTER TABLE person ADD COLUMN reminders BIGINT NOT NULL DEFAULT 1;

-- Direct messages that the platform refused; not tried again until the person writes to the bot.
ALTER TABLE account ADD COLUMN closed_reason TEXT;
