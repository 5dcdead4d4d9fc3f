-- Days of decisions that were entered before anybody was told of them: the first look sets the next one.
INSERT INTO timer (cohort_id, kind, due_at, since_at)
  SELECT DISTINCT d.cohort_id, 'submissions.decision-day', 0, 0 FROM venue_date d WHERE d.kind = 'decision';
