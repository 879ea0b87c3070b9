-- Which findings of a profile are imported by themselves (JSON); null: all that answer to a credential.
ALTER TABLE discovery_profiles ADD COLUMN import_rule TEXT;
