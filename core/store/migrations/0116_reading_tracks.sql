-- Owner: core.features.reading
-- Which items of a list came from which starter list, so that it can be taken back as a whole.
CREATE TABLE reading_track_item (
  item_id BIGINT PRIMARY KEY REFERENCES reading_item (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  track TEXT NOT NULL,
  loaded_at BIGINT NOT NULL
);
CREATE INDEX reading_track_item_of ON reading_track_item (cohort_id, track);
