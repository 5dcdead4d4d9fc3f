-- What a post is about, in its feature's words, so that the posts about one record are found by an index and not by
-- looking through all of their kind.
ALTER TABLE outbox ADD COLUMN about TEXT;
UPDATE outbox SET about = substr(key, 1, length(key) - length(ltrim(substr(key, 9), '0123456789')))
  WHERE kind = 'checkins.shared' AND edits IS NULL AND substr(key, 1, 8) = 'checkin:';
UPDATE outbox SET about = substr(key, 1, length(key) - length(ltrim(substr(key, 8), '0123456789')))
  WHERE kind = 'delivery.unsent' AND substr(key, 1, 7) = 'unsent:';
CREATE INDEX outbox_about ON outbox (cohort_id, kind, about) WHERE about IS NOT NULL;
