-- Owner: core.cohorts
-- Calls for check-ins come by direct message to those who chose them. Who was called until now and has answered, or said
-- that they sit out, chose it by that; what somebody switched on or off stays as it is.
INSERT INTO person_notice (person_id, kind, wanted)
SELECT DISTINCT m.person_id, 'calls', 1 FROM member m
JOIN schedule s ON s.cohort_id = m.cohort_id
WHERE s.kind = 'checkin' AND s.follow = 'member' AND s.removed_at IS NULL AND m.left_at IS NULL
  AND EXISTS (SELECT 1 FROM checkin k WHERE k.member_id = m.id)
  AND NOT EXISTS (SELECT 1 FROM person_notice n WHERE n.person_id = m.person_id AND n.kind = 'calls');
