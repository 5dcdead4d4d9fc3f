-- Records are found by any of their words. A table of words has a row for each word of a record, folded as
-- core.chat.folding does it; the rows of a cohort, of a word and of what begins so stand together, the newest record
-- last. A whole text stands there too, after a blank. What is there already is filled in by core.store.carried.

-- Owner: core.papers
CREATE TABLE submission_word (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  word TEXT {ordered} NOT NULL,
  submission_id BIGINT NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, word, submission_id)
) {packed};
CREATE INDEX submission_word_of ON submission_word (submission_id, word);
ALTER TABLE submission DROP COLUMN folded;

-- Owner: core.features.reading
CREATE TABLE reading_item_word (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  word TEXT {ordered} NOT NULL,
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, word, item_id)
) {packed};
CREATE INDEX reading_item_word_of ON reading_item_word (item_id, word);
CREATE INDEX reading_item_newest ON reading_item (cohort_id, id);
ALTER TABLE reading_item DROP COLUMN folded;
