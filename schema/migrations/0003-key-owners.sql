-- A key belongs to a person and stops with them; without an owner it belongs to the organisation.
ALTER TABLE api_keys ADD COLUMN owner_id INTEGER REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX api_keys_by_owner ON api_keys (owner_id);
-- Keys from before belong to who made them.
UPDATE api_keys
SET owner_id = (
  SELECT users.id FROM users
  WHERE users.tenant_id = api_keys.tenant_id AND 'user:' || users.username = api_keys.created_by
);
