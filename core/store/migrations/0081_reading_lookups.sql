-- Owner: core.features.reading
-- Works that are still to be looked up, with the identifier to ask for and when to ask next.
CREATE TABLE reading_lookup (
  item_id BIGINT PRIMARY KEY REFERENCES reading_item (id) ON DELETE CASCADE,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  typed TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  retry_at BIGINT NOT NULL
);
CREATE INDEX reading_lookup_due ON reading_lookup (retry_at);

-- What sources answered, by the identifier's key, so that they are not asked again. Nothing here says who asked.
CREATE TABLE reading_metadata (
  key TEXT PRIMARY KEY,
  work TEXT NOT NULL,
  fetched_at BIGINT NOT NULL
);
CREATE INDEX reading_metadata_age ON reading_metadata (fetched_at);
