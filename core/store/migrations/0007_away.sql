-- Why somebody is away, in their own words; shown to nobody but them.

ALTER TABLE person ADD COLUMN away_reason TEXT;
