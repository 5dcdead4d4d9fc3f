-- Owner: core.features.feedback
-- What somebody asks feedback on. `state` is open, claimed or closed; `helper_id` has claimed it, or had when it was
-- closed; `named_id` is the mentor whom the asker named. `earlier_number` still finds it after the cohort may see it.
-- `word` is how it ended, as the asker put it. `due_at` is when an open one is offered again, `organizers_at` when the
-- organizers were told, `ended_at` when the helper heard what became of the paper.
CREATE TABLE feedback_request (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  earlier_number BIGINT,
  asker_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  details TEXT NOT NULL DEFAULT '',
  paper_id BIGINT REFERENCES submission (id) ON DELETE SET NULL,
  visibility TEXT NOT NULL,
  named_id BIGINT REFERENCES member (id) ON DELETE SET NULL,
  state TEXT NOT NULL DEFAULT 'open',
  helper_id BIGINT REFERENCES member (id) ON DELETE SET NULL,
  created_at BIGINT NOT NULL,
  claimed_at BIGINT,
  closed_at BIGINT,
  word TEXT NOT NULL DEFAULT '',
  revision BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT,
  organizers_at BIGINT,
  ended_at BIGINT,
  UNIQUE (cohort_id, number)
);
CREATE INDEX feedback_request_state ON feedback_request (cohort_id, state, created_at);
CREATE INDEX feedback_request_asker ON feedback_request (asker_id, state);
CREATE INDEX feedback_request_helper ON feedback_request (helper_id, state);
CREATE INDEX feedback_request_named ON feedback_request (named_id) WHERE named_id IS NOT NULL;
CREATE INDEX feedback_request_paper ON feedback_request (paper_id) WHERE paper_id IS NOT NULL;
CREATE INDEX feedback_request_earlier ON feedback_request (cohort_id, earlier_number) WHERE earlier_number IS NOT NULL;
CREATE INDEX feedback_request_due ON feedback_request (due_at) WHERE due_at IS NOT NULL;
