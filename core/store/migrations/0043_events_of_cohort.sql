-- What happened in a period is found by cohort, not among the events of all cohorts.
ALTER TABLE submission_event ADD COLUMN cohort_id BIGINT REFERENCES cohort (id) ON DELETE CASCADE;
UPDATE submission_event SET cohort_id = (SELECT s.cohort_id FROM submission s WHERE s.id = submission_event.submission_id);
CREATE INDEX submission_event_cohort ON submission_event (cohort_id, at);
DROP INDEX submission_event_at;

-- Papers are counted by who sees them and by stage, from the index alone.
CREATE INDEX submission_counted ON submission (cohort_id, visibility, stage, owner_id);

-- With the instant in it, it is chosen before the index of all check-ins.
DROP INDEX checkin_uncounted;
CREATE INDEX checkin_uncounted ON checkin (cohort_id, created_at, member_id)
  WHERE counted = 0 AND shared = 0 AND skipped = 0;
