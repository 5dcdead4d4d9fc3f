-- A direct message to somebody whose direct messages are closed: the channel in which they may be shown it
-- alone, empty where there is none. NULL for every other post.
ALTER TABLE outbox ADD COLUMN beside TEXT;
CREATE INDEX outbox_beside ON outbox (platform, workspace, channel) WHERE beside IS NOT NULL;
