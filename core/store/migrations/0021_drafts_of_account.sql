-- Owner: core.commands
-- The saved calls of one account are counted whenever one is added.
CREATE INDEX draft_account ON draft (platform, workspace, user_id, at);
