-- Channels that take no posts now are few; health counts them.
CREATE INDEX place_closed ON place (cohort_id) WHERE gone_reason IS NOT NULL;
