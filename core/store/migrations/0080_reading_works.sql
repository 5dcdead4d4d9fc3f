-- Owner: core.features.reading
-- What is known of an item's work, as members corrected it or a source told. `votes` is how many votes it has, for the order of the list. `removed_at` is when it was taken off
-- the list; for a day that can be undone. `corrected` says that a member wrote the title or the link. `twin_id` is another
-- item that may be the same work.
ALTER TABLE reading_item ADD COLUMN title TEXT;
ALTER TABLE reading_item ADD COLUMN link TEXT;
ALTER TABLE reading_item ADD COLUMN authors TEXT NOT NULL DEFAULT '[]';
ALTER TABLE reading_item ADD COLUMN year BIGINT;
ALTER TABLE reading_item ADD COLUMN venue TEXT;
ALTER TABLE reading_item ADD COLUMN abstract TEXT;
ALTER TABLE reading_item ADD COLUMN votes BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reading_item ADD COLUMN pinned BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reading_item ADD COLUMN corrected BIGINT NOT NULL DEFAULT 0;
ALTER TABLE reading_item ADD COLUMN removed_at BIGINT;
ALTER TABLE reading_item ADD COLUMN twin_id BIGINT REFERENCES reading_item (id) ON DELETE SET NULL;
CREATE INDEX reading_item_wanted ON reading_item (cohort_id, pinned DESC, votes DESC, number)
  WHERE removed_at IS NULL AND prompted_on IS NULL;
CREATE INDEX reading_item_listed ON reading_item (cohort_id, pinned DESC, votes DESC, number) WHERE removed_at IS NULL;
CREATE INDEX reading_item_prompted ON reading_item (cohort_id, prompted_on, number)
  WHERE removed_at IS NULL AND prompted_on IS NOT NULL;
CREATE INDEX reading_item_removed ON reading_item (removed_at) WHERE removed_at IS NOT NULL;
CREATE INDEX reading_item_added ON reading_item (cohort_id, created_at);
CREATE INDEX reading_item_twin ON reading_item (twin_id) WHERE twin_id IS NOT NULL;

-- Votes go with their members. Those from before votes were by name stay: whose they were would be told otherwise.
DELETE FROM reading_vote WHERE named = 1
  AND EXISTS (SELECT 1 FROM member m WHERE m.id = reading_vote.member_id AND m.left_at IS NOT NULL);
UPDATE reading_item SET votes = (SELECT count(*) FROM reading_vote v WHERE v.item_id = reading_item.id);

-- One work, one item: the identifiers of works in their normal form, see core.works.identifiers.
CREATE TABLE reading_identifier (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, key)
);
CREATE INDEX reading_identifier_of ON reading_identifier (item_id);

CREATE TABLE reading_tag (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, tag, item_id)
);
CREATE INDEX reading_tag_of ON reading_tag (item_id);

-- What somebody takes from what they read. `shared` says whether the cohort reads it.
CREATE TABLE reading_takeaway (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  takeaway TEXT NOT NULL,
  shared BIGINT NOT NULL,
  written_at BIGINT NOT NULL,
  UNIQUE (item_id, member_id)
);
CREATE INDEX reading_takeaway_of ON reading_takeaway (cohort_id, written_at);
CREATE INDEX reading_takeaway_by ON reading_takeaway (member_id, written_at);
CREATE TABLE reading_takeaway_word (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  word TEXT {ordered} NOT NULL,
  takeaway_id BIGINT NOT NULL REFERENCES reading_takeaway (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, word, takeaway_id)
) {packed};
CREATE INDEX reading_takeaway_word_of ON reading_takeaway_word (takeaway_id, word);

-- Takeaways from before were read by nobody but their authors, and stay so until these share them.
INSERT INTO reading_takeaway (cohort_id, item_id, member_id, takeaway, shared, written_at)
  SELECT i.cohort_id, d.item_id, d.member_id, d.takeaway, 0, d.at
  FROM reading_done d JOIN reading_item i ON i.id = d.item_id
  WHERE d.takeaway IS NOT NULL AND d.takeaway <> '' ORDER BY d.at, d.item_id, d.member_id;
ALTER TABLE reading_done DROP COLUMN takeaway;
-- Whether the cohort is told that they have read it: their own choice.
ALTER TABLE reading_done ADD COLUMN shared BIGINT NOT NULL DEFAULT 0;
CREATE INDEX reading_done_uncounted ON reading_done (item_id) WHERE counted = 0 AND shared = 0;
