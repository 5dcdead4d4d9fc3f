-- Owner: bot.playground
-- The buttons that somebody pressed and that changed something: they are shown quiet from then on.
CREATE TABLE playground_press (
  message TEXT NOT NULL,
  button TEXT NOT NULL,
  person TEXT NOT NULL,
  PRIMARY KEY (message, button, person)
);
