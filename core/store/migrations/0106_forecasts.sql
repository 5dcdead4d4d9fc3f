-- Owner: core.papers
-- How likely an author thinks it that a paper is accepted in a round, from 1 to 99 in 100. It is for their eyes alone; what
-- became of it is the round's decision.
CREATE TABLE forecast (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  round_id BIGINT NOT NULL REFERENCES submission_round (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  chance BIGINT NOT NULL,
  stated_at BIGINT NOT NULL,
  UNIQUE (round_id, member_id)
);
CREATE INDEX forecast_member ON forecast (member_id, id);
CREATE INDEX forecast_cohort ON forecast (cohort_id);
