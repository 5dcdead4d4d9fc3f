-- Who offered help is found by their membership and by the cohort, so that either can go without looking through all.
CREATE INDEX blocker_offer_cohort ON blocker_offer (cohort_id);
CREATE INDEX blocker_offer_member ON blocker_offer (member_id);
