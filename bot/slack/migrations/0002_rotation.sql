-- Owner: bot.slack
-- Tokens that end (token rotation): when, and the encrypted one for which Slack gives the next two, once. Who renews them
-- has claimed that until `lease_until`, so that no two processes do it at the same time.
ALTER TABLE slack_installation ADD COLUMN refresh TEXT NOT NULL DEFAULT '';
ALTER TABLE slack_installation ADD COLUMN ends_at BIGINT;
ALTER TABLE slack_installation ADD COLUMN lease_until BIGINT;
