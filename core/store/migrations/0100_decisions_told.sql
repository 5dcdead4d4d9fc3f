-- Owner: core.features.submissions
-- A decision on a paper that one of its authors told the cohort, in their own words. `stage` is what was decided;
-- `hidden` says that its owner told it although the cohort does not see the paper. `revision` grows with each
-- change that channels show. Taken back, it keeps no words.
CREATE TABLE decision_told (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  submission_id BIGINT NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  round_id BIGINT REFERENCES submission_round (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  words TEXT NOT NULL DEFAULT '',
  hidden BIGINT NOT NULL,
  revision BIGINT NOT NULL DEFAULT 0,
  told_at BIGINT NOT NULL,
  taken_back_at BIGINT
);
CREATE INDEX decision_told_of ON decision_told (submission_id);
CREATE INDEX decision_told_round ON decision_told (round_id);
CREATE INDEX decision_told_member ON decision_told (member_id);
CREATE INDEX decision_told_cohort ON decision_told (cohort_id);
