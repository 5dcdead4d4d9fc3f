-- Owner: core.features.reading
-- Who presents what is read. The rota: members who offered to present in turn.
CREATE TABLE reading_presenter (
  id {key},
  member_id BIGINT NOT NULL UNIQUE REFERENCES member (id) ON DELETE CASCADE,
  joined_at BIGINT NOT NULL
);

-- A member's part in an item. `day` is the date of the prompt it goes with; before that prompt there is none.
-- `offered_to` was asked to take it. `revision` counts its presenters.
CREATE TABLE reading_turn (
  id {key},
  item_id BIGINT NOT NULL REFERENCES reading_item (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  day TEXT,
  offered_to BIGINT REFERENCES member (id) ON DELETE SET NULL,
  revision BIGINT NOT NULL DEFAULT 0,
  UNIQUE (item_id, day)
);
CREATE UNIQUE INDEX reading_turn_ahead ON reading_turn (item_id) WHERE day IS NULL;
CREATE INDEX reading_turn_by ON reading_turn (member_id);
CREATE INDEX reading_turn_offered ON reading_turn (offered_to) WHERE offered_to IS NOT NULL;

-- Who gave a turn away; it is not passed on to them again.
CREATE TABLE reading_given (
  turn_id BIGINT NOT NULL REFERENCES reading_turn (id) ON DELETE CASCADE,
  member_id BIGINT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  PRIMARY KEY (turn_id, member_id)
);
CREATE INDEX reading_given_by ON reading_given (member_id);
