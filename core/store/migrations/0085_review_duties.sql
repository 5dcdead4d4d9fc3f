-- Owner: core.features.duties
-- Reviews that a member promised to a venue: for that member alone. `remind_at` is the next reminder, NULL where there is
-- none.
CREATE TABLE review_duty (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  venue TEXT NOT NULL,
  year BIGINT,
  papers BIGINT NOT NULL,
  due_on TEXT NOT NULL,
  done_on TEXT,
  remind_at BIGINT,
  created_at BIGINT NOT NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX review_duty_of_member ON review_duty (member_id, due_on);
CREATE INDEX review_duty_reminders ON review_duty (cohort_id, remind_at);
