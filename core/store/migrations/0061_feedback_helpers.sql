-- Owner: core.features.feedback
-- How many requests somebody takes at once, whether they pause, and when they were asked last.
CREATE TABLE feedback_helper (
  member_id BIGINT PRIMARY KEY REFERENCES member (id) ON DELETE CASCADE,
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  at_once BIGINT NOT NULL,
  paused BIGINT NOT NULL DEFAULT 0,
  asked_at BIGINT
);
CREATE INDEX feedback_helper_cohort ON feedback_helper (cohort_id);

-- What somebody can help with, in their words; `folded` tells topics apart.
CREATE TABLE feedback_topic (
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  folded TEXT NOT NULL,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  topic TEXT NOT NULL,
  PRIMARY KEY (cohort_id, folded, member_id)
);
CREATE INDEX feedback_topic_of ON feedback_topic (member_id);

-- Who was asked to take a request; `declined` where they cannot. They are not asked a second time.
CREATE TABLE feedback_offer (
  request_id BIGINT NOT NULL REFERENCES feedback_request (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  asked_at BIGINT NOT NULL,
  declined BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (request_id, member_id)
);
CREATE INDEX feedback_offer_to ON feedback_offer (member_id, declined);

-- What was said to a request, by who helps and by who asked. `number` counts within the request.
CREATE TABLE feedback_answer (
  id {key},
  request_id BIGINT NOT NULL REFERENCES feedback_request (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  at BIGINT NOT NULL,
  revision BIGINT NOT NULL DEFAULT 0,
  UNIQUE (request_id, number)
);
CREATE INDEX feedback_answer_by ON feedback_answer (member_id);

-- What is due is looked for in one cohort.
DROP INDEX feedback_request_due;
CREATE INDEX feedback_request_due ON feedback_request (cohort_id, due_at) WHERE due_at IS NOT NULL;

-- The latest ones that were taken say how long that usually takes.
CREATE INDEX feedback_request_claimed ON feedback_request (cohort_id, claimed_at) WHERE claimed_at IS NOT NULL;
