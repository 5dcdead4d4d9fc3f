-- What organizers ask beside a check-in's own fields. A question never changes: another wording is another question in its
-- place (`replaced_by`), so that old answers keep the words that they were given. One that is removed is kept as long as
-- an answer is.

-- Owner: core.features.checkins
CREATE TABLE checkin_question (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  place BIGINT NOT NULL,
  words TEXT NOT NULL,
  kind TEXT NOT NULL,
  options TEXT NOT NULL,
  required BIGINT NOT NULL,
  readers TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  removed_at BIGINT,
  replaced_by BIGINT REFERENCES checkin_question (id) ON DELETE SET NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX checkin_question_replaced ON checkin_question (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX checkin_question_removed ON checkin_question (removed_at) WHERE removed_at IS NOT NULL;

-- An empty answer says that its author left the question out. `readers` is who reads it, as its author was told.
CREATE TABLE checkin_answer (
  checkin_id BIGINT NOT NULL REFERENCES checkin (id) ON DELETE CASCADE,
  question_id BIGINT NOT NULL REFERENCES checkin_question (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  answer TEXT NOT NULL,
  readers TEXT NOT NULL,
  PRIMARY KEY (checkin_id, question_id)
);
CREATE INDEX checkin_answer_of_question ON checkin_answer (question_id);
CREATE INDEX checkin_answer_of_cohort ON checkin_answer (cohort_id);
