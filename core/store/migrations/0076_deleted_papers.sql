-- A paper that its owner deleted, for the day in which that can be undone: its visibility is 'deleted', under which nobody
-- sees or counts it, and `visibility_before` is what it was.
ALTER TABLE submission ADD COLUMN deleted_at BIGINT;
ALTER TABLE submission ADD COLUMN visibility_before TEXT;
CREATE INDEX submission_deleted ON submission (deleted_at) WHERE deleted_at IS NOT NULL;
