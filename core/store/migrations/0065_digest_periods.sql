-- Who joined in a period is found without looking at everybody.
CREATE INDEX member_joined ON member (cohort_id, joined_at);
