-- Owner: core.features.reading
-- The reading list. `reference` is free text or a link; links are never fetched. `prompted_on` is the local
-- date of the latest prompt for it.
CREATE TABLE reading_item (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  reference TEXT NOT NULL,
  folded TEXT NOT NULL,
  why TEXT,
  added_by BIGINT REFERENCES member (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  prompted_on TEXT,
  UNIQUE (cohort_id, number)
);
CREATE INDEX reading_item_by ON reading_item (added_by);

CREATE TABLE reading_vote (
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  PRIMARY KEY (item_id, member_id)
);
CREATE INDEX reading_vote_by ON reading_vote (member_id);

CREATE TABLE reading_done (
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  takeaway TEXT,
  PRIMARY KEY (item_id, member_id)
);
CREATE INDEX reading_done_by ON reading_done (member_id);
