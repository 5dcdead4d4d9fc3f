-- At which venue something happened to a paper, as it was called then; NULL where that was not written down.
ALTER TABLE submission_event ADD COLUMN venue TEXT;
