-- Requests for feedback are found by the words of their topics, however many there are.

-- Owner: core.features.feedback
CREATE TABLE feedback_word (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  word TEXT {ordered} NOT NULL,
  request_id BIGINT NOT NULL REFERENCES feedback_request (id) ON DELETE CASCADE,
  PRIMARY KEY (cohort_id, word, request_id)
) {packed};
CREATE INDEX feedback_word_of ON feedback_word (request_id, word);
