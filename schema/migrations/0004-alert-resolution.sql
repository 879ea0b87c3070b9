-- Why an alert was resolved, where its expression did not say it: a sentence, or null.
ALTER TABLE alerts ADD COLUMN resolution TEXT;
-- 1: a person resolved it while its expression still returned it. It stays silent until the expression lets go of it.
ALTER TABLE alerts ADD COLUMN muted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX alerts_muted ON alerts (rule_id) WHERE muted = 1;
CREATE INDEX notifications_waiting ON notifications (channel_id, id) WHERE state = 'waiting';
