-- What a post became on its platform besides its message: the ids of further messages and of files, as a JSON list, so
-- that a change or a take-back reaches all of it.
ALTER TABLE outbox ADD COLUMN parts TEXT NOT NULL DEFAULT '[]';
