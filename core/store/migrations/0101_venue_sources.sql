-- What no source says: neither organizers nor files give the rate of decided papers, or how many reviews a paper gets.
ALTER TABLE venue_source DROP COLUMN decided_rate;
ALTER TABLE venue_source DROP COLUMN reviews;
