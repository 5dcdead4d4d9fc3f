-- Owner: bot.playground
-- What a picture is drawn from, packed and in base64, so that it can be drawn for any width and ground.

ALTER TABLE playground_file ADD COLUMN drawing TEXT;
