-- Owner: core.papers
-- Editions of venues as a cohort knows them. Two conferences of one short name and year are two rows, told apart by
-- their full names and links.
CREATE TABLE venue_edition (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  name TEXT NOT NULL,
  venue_key TEXT NOT NULL,
  year BIGINT NOT NULL,
  full_name TEXT NOT NULL DEFAULT '',
  fields TEXT NOT NULL DEFAULT '',
  location TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  UNIQUE (cohort_id, number)
);
CREATE INDEX venue_edition_named ON venue_edition (cohort_id, venue_key, year);

-- What one source says of an edition: an organizer (an empty name), or an entry of a file. `said_on` is the date on
-- which it was taken in as it stands. Rates are fractions, of the valid and of the decided papers; `scale` has scores
-- from the lowest up, with blanks between them.
CREATE TABLE venue_source (
  id {key},
  edition_id BIGINT NOT NULL REFERENCES venue_edition (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  entry TEXT NOT NULL DEFAULT '',
  said_on TEXT NOT NULL,
  link TEXT NOT NULL DEFAULT '',
  accept_rate DOUBLE PRECISION,
  decided_rate DOUBLE PRECISION,
  scale TEXT NOT NULL DEFAULT '',
  reviews DOUBLE PRECISION,
  UNIQUE (edition_id, name, entry)
);

-- A date as a source has it. `at` is its instant, NULL while it is to be announced; `day` is set for what lasts for
-- whole days, up to and with `ends_on`. `main` says that it is the date of its kind and not that of another track.
-- `doubt` is the reason not to rely on it.
CREATE TABLE venue_date (
  id {key},
  cohort_id BIGINT NOT NULL REFERENCES cohort (id) ON DELETE CASCADE,
  edition_id BIGINT NOT NULL REFERENCES venue_edition (id) ON DELETE CASCADE,
  source_id BIGINT NOT NULL REFERENCES venue_source (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  at BIGINT,
  day TEXT,
  ends_on TEXT,
  zone TEXT NOT NULL,
  main BIGINT NOT NULL,
  doubt TEXT NOT NULL DEFAULT '',
  UNIQUE (source_id, position)
);
CREATE INDEX venue_date_of ON venue_date (edition_id);
CREATE INDEX venue_date_at ON venue_date (cohort_id, at);
