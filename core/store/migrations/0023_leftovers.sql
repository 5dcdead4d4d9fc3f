-- Forms that were saved one after the other while one form was filled in belong together: they go with what was typed.
ALTER TABLE draft ADD COLUMN chain TEXT NOT NULL DEFAULT '';
UPDATE draft SET chain = token;
CREATE INDEX draft_chain ON draft (chain);

-- Whose cohort a handled call was about, so that what it answered goes when something of that cohort is removed. 0 for
-- calls of which nobody wrote that down.
ALTER TABLE handled ADD COLUMN cohort_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX handled_cohort ON handled (cohort_id);

-- Posts are kept for a while after they were settled. Those that were only listed were settled when they were written.
UPDATE outbox SET settled_at = created_at WHERE settled_at IS NULL AND state IN ('missed', 'failed', 'uncertain');
CREATE INDEX outbox_settled ON outbox (cohort_id, settled_at)
  WHERE state IN ('sent', 'missed', 'failed', 'uncertain');
CREATE INDEX outbox_thread ON outbox (thread_of) WHERE thread_of IS NOT NULL;
