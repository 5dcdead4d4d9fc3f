-- The channel in which a direct message may be shown to its reader alone has the name that the code uses.
ALTER TABLE outbox RENAME COLUMN beside TO fallback_channel;
DROP INDEX outbox_beside;
CREATE INDEX outbox_fallback ON outbox (platform, workspace, channel) WHERE fallback_channel IS NOT NULL;
