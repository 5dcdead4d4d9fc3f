-- The latest answers for mentors are found without those for others.
CREATE INDEX checkin_answer_for_mentors ON checkin_answer (cohort_id, checkin_id) WHERE readers = 'mentors';
