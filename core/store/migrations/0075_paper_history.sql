-- What changed, where it was not the stage: the title, who sees the paper, its link, its venue, who it belongs to.
-- `note_visibility` says who reads such a change; only what happened while the cohort saw the paper is for everybody.
ALTER TABLE submission_event ADD COLUMN field TEXT NOT NULL DEFAULT 'stage';
ALTER TABLE submission_event ADD COLUMN value_before TEXT;
ALTER TABLE submission_event ADD COLUMN value_after TEXT;
