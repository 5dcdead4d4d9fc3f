-- Owner: bot.playground
-- What somebody who uses the playground changed: the sample's people leave it alone.
CREATE TABLE playground_touched (
  name TEXT PRIMARY KEY,
  at BIGINT NOT NULL
);
