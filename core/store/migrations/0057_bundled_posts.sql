-- Owner: core.delivery
-- What waits in one message with others is looked for every second; what came in such a message long ago is not.
CREATE INDEX outbox_in_bundle ON outbox (bundled_in) WHERE bundled_in IS NOT NULL AND state = 'held';
