-- Owner: core.cohorts
-- The member whom a change is about, whatever they are called later. Of what was changed before, those are known who are
-- called the same yet.
ALTER TABLE audit ADD COLUMN about_member BIGINT REFERENCES member (id) ON DELETE SET NULL;
CREATE INDEX audit_about ON audit (about_member) WHERE about_member IS NOT NULL;
UPDATE audit SET about_member = (
  SELECT m.id FROM member m WHERE m.cohort_id = audit.cohort_id AND m.name = audit.about
);

-- Who named a role stands in the audit, and nobody read it here.
ALTER TABLE role_grant DROP COLUMN by_name;
