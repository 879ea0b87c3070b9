-- Which findings of a profile are imported by themselves (JSON); null: all that answer to a credential.
ALTER TABLE discovery_profiles ADD COLUMN import_rule TEXT;
-- TCP ports that a scan asks besides those of Windows (JSON).
ALTER TABLE discovery_profiles ADD COLUMN tcp_ports TEXT NOT NULL DEFAULT '[]';
