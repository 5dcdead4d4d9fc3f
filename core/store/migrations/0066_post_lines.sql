-- What a post told, line by line: it is shown again as it was, and loses the lines of what was taken back.
-- Owner: core.delivery
CREATE TABLE post_line (
  post_id BIGINT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  section TEXT NOT NULL,
  about TEXT NOT NULL,
  member_id BIGINT REFERENCES member (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  PRIMARY KEY (post_id, position)
);
CREATE INDEX post_line_about ON post_line (cohort_id, about);
CREATE INDEX post_line_member ON post_line (member_id) WHERE member_id IS NOT NULL;
