-- The direct messages of one account, sent ones too, are found by an index: they are shown to whom they went, and go with
-- what else is kept of somebody.
CREATE INDEX outbox_direct ON outbox (platform, workspace, channel, cohort_id) WHERE direct = 1;
