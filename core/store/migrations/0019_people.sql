-- A name belongs to the membership: what somebody is called in one server is not shown in another. `called` is the
-- name as the platform gave it there; `name` is what people read, with a handle or number where two of one cohort
-- are called the same.
ALTER TABLE member ADD COLUMN called TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN name TEXT NOT NULL DEFAULT '';
UPDATE member SET called = (SELECT p.name FROM person p WHERE p.id = member.person_id);
UPDATE member SET name = called || CASE (SELECT count(*) FROM member o JOIN person p ON p.id = o.person_id
    WHERE o.cohort_id = member.cohort_id AND o.id < member.id AND lower(p.name) = lower(member.called))
  WHEN 0 THEN '' ELSE ' (' || ((SELECT count(*) FROM member o JOIN person p ON p.id = o.person_id
    WHERE o.cohort_id = member.cohort_id AND o.id < member.id AND lower(p.name) = lower(member.called)) + 1) || ')' END;

-- When an organizer removed somebody, who cannot come back by themselves then.
ALTER TABLE member ADD COLUMN removed_at BIGINT;

-- The name that only one account of a platform has, and when the bot last asked whether the account is still there.
ALTER TABLE account ADD COLUMN handle TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN checked_at BIGINT;

-- Owner: core.cohorts
-- Who changed what about a cohort's people and about the cohort itself. `actor` is NULL where nobody did: an account
-- that is gone ends its membership by itself. `actor_name` is the name at the time.
CREATE TABLE audit (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  actor BIGINT REFERENCES person (id) ON DELETE SET NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  about TEXT NOT NULL DEFAULT ''
);
CREATE INDEX audit_cohort ON audit (cohort_id, id);
