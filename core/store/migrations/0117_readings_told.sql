-- Owner: core.features.reading
-- Readings that the cohort was told of, by item and when.
CREATE INDEX reading_done_told ON reading_done (item_id, at) WHERE shared = 1;
