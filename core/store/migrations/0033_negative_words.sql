-- Negative results are found by the words of what was learned. The words of a check-in stand here while it is one.

-- Owner: core.features.checkins
CREATE TABLE checkin_word (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  word TEXT {ordered} NOT NULL,
  checkin_id BIGINT NOT NULL REFERENCES checkin (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, word, checkin_id)
) {packed};
CREATE INDEX checkin_word_of ON checkin_word (checkin_id, word);
CREATE INDEX checkin_negative ON checkin (cohort_id, id) WHERE negative = 1;
