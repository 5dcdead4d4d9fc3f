-- Owner: core.papers
-- A review of a paper in one round. `discussed` says that the score is from after the reviewers' discussion;
-- `substance` is how constructive the review was.
CREATE TABLE review (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  round_id BIGINT NOT NULL REFERENCES submission_round (id) ON DELETE CASCADE,
  score DOUBLE PRECISION NOT NULL,
  confidence BIGINT,
  substance TEXT,
  discussed BIGINT NOT NULL,
  summary TEXT,
  created_at BIGINT NOT NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX review_round ON review (round_id, number);

-- Owner: core.features.lottery
-- How far a cohort's reviewers agree, as it was shown last. `basis` has, for each member whose reviews are in
-- it, the ids of these reviews, as JSON: it is renewed only when those of several members have changed.
CREATE TABLE review_agreement (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  discussed BIGINT NOT NULL,
  scale TEXT NOT NULL,
  at BIGINT NOT NULL,
  papers BIGINT NOT NULL,
  icc DOUBLE PRECISION NOT NULL,
  low DOUBLE PRECISION NOT NULL,
  high DOUBLE PRECISION NOT NULL,
  anova DOUBLE PRECISION NOT NULL,
  basis TEXT NOT NULL,
  PRIMARY KEY (cohort_id, discussed, scale)
);
