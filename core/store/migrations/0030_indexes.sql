-- What is asked for often is found by an index, so that an answer costs what it shows and not what there is.
CREATE INDEX checkin_member_day ON checkin (member_id, day);
CREATE INDEX checkin_cohort_day ON checkin (cohort_id, day);
CREATE INDEX outbox_kind ON outbox (cohort_id, kind, slot_at);
CREATE INDEX outbox_state ON outbox (cohort_id, state, id);
CREATE INDEX outbox_message ON outbox (platform, workspace, channel, id) WHERE message_id IS NOT NULL;
CREATE INDEX outbox_schedule ON outbox (schedule_id, slot_at) WHERE schedule_id IS NOT NULL;
CREATE INDEX outbox_lease ON outbox (lease) WHERE lease IS NOT NULL;
CREATE INDEX outbox_deferred ON outbox (settled_at) WHERE state = 'held';
CREATE INDEX submission_created ON submission (cohort_id, created_at);
CREATE INDEX submission_event_at ON submission_event (at);
CREATE INDEX audit_actor ON audit (actor) WHERE actor IS NOT NULL;
-- Whoever deletes a row has to find what refers to it.
CREATE INDEX outbox_asked ON outbox (asked_by) WHERE asked_by IS NOT NULL;
CREATE INDEX submission_event_by ON submission_event (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX schedule_change_by ON schedule_change (member_id) WHERE member_id IS NOT NULL;
CREATE INDEX press_person ON press (person_id);
CREATE INDEX purpose_place ON purpose (place_id);
