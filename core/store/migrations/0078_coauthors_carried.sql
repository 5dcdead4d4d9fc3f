-- Its names stand in submission_author now.
ALTER TABLE submission DROP COLUMN coauthors;
