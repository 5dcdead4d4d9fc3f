-- A check-in that was given after its day was over, while its call was still open.
ALTER TABLE checkin ADD COLUMN late BIGINT NOT NULL DEFAULT 0;
