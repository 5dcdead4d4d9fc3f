-- Shared negative results are counted from an index of their own: 10 ms for 125,000 of them, and 45 without.
CREATE INDEX checkin_negative_shared ON checkin (cohort_id, id) WHERE negative = 1 AND shared = 1 AND skipped = 0;
