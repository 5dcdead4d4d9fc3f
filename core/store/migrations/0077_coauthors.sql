-- Owner: core.papers
-- Who else writes a paper. Whoever is in the cohort is a member, `member_id`, and sees and changes the paper; everybody
-- else is the name that was given, and stays one whoever of that name may join. What was typed before there were
-- co-authors is carried over as names, see core.store.carried.
CREATE TABLE submission_author (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  submission_id BIGINT NOT NULL REFERENCES submission (id) ON DELETE CASCADE,
  member_id BIGINT REFERENCES member (id) ON DELETE SET NULL,
  name TEXT NOT NULL
);
CREATE INDEX submission_author_of ON submission_author (submission_id, id);
CREATE INDEX submission_author_cohort ON submission_author (cohort_id);
CREATE INDEX submission_author_member ON submission_author (member_id, submission_id);

-- Who noted a review: it is for their eyes alone, also where the paper goes on to a co-author.
ALTER TABLE review ADD COLUMN member_id BIGINT REFERENCES member (id) ON DELETE CASCADE;
UPDATE review SET member_id = (SELECT s.owner_id FROM submission s JOIN submission_round r ON r.submission_id = s.id
  WHERE r.id = review.round_id);
CREATE INDEX review_member ON review (member_id);
