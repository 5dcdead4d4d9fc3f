-- The local date that a post is for, so that the call of a day is found by its date and not by its data.
ALTER TABLE outbox ADD COLUMN day TEXT;
UPDATE outbox SET day = substr(data, 10, 10)
  WHERE kind IN ('checkins.call', 'checkins.opener') AND data LIKE '{"day": "____-__-__"%';
CREATE INDEX outbox_day ON outbox (cohort_id, kind, day) WHERE day IS NOT NULL;
