-- Owner: bot.playground
-- What was said in the playground, the chat that the program itself serves.

CREATE TABLE playground_message (
  number {key},
  id TEXT NOT NULL UNIQUE,
  place TEXT NOT NULL,
  author TEXT NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL,
  thread TEXT,
  reader TEXT,
  via TEXT,
  post_key TEXT UNIQUE
);
CREATE INDEX playground_message_place ON playground_message (place, number);
CREATE INDEX playground_message_thread ON playground_message (thread);

-- Pictures and files of the messages; content is base64.
CREATE TABLE playground_file (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  content TEXT NOT NULL
);
