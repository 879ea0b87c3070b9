-- Format 1. Times are milliseconds since 1970 UTC. Every table carries the tenant, also where it could be joined, so
-- that no query can forget it. AUTOINCREMENT: an ID is the identity of stored series and is never given twice.

CREATE TABLE tenants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE COLLATE NOCASE,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (tenant_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  username TEXT NOT NULL UNIQUE COLLATE NOCASE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  disabled INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  last_login_at INTEGER
) STRICT;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_keys (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('ingest', 'viewer', 'operator', 'admin')),
  prefix TEXT NOT NULL,
  key_hash TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  created_by TEXT,
  expires_at INTEGER,
  last_used_at INTEGER,
  UNIQUE (tenant_id, name)
) STRICT;

CREATE TABLE sites (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL COLLATE NOCASE,
  time_zone TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (tenant_id, name)
) STRICT;

CREATE TABLE credential_profiles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL COLLATE NOCASE,
  type TEXT NOT NULL,
  -- JSON of what is no secret, and JSON of sealed texts (AES-256-GCM bound to tenant, record and key).
  public TEXT NOT NULL,
  sealed TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (tenant_id, name)
) STRICT;

CREATE TABLE devices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  site_id INTEGER NOT NULL REFERENCES sites (id),
  name TEXT NOT NULL,
  -- 1: a person named it; 0: it follows what the device calls itself.
  name_given INTEGER NOT NULL,
  address TEXT NOT NULL,
  -- Canonical form of the address: what must be unique within the site.
  address_key TEXT NOT NULL,
  contact TEXT NOT NULL DEFAULT '',
  template TEXT,
  recognised_template TEXT,
  confidence REAL,
  reasons TEXT NOT NULL DEFAULT '[]',
  facts TEXT NOT NULL DEFAULT '{}',
  facts_at INTEGER,
  credential_profile_id INTEGER REFERENCES credential_profiles (id) ON DELETE SET NULL,
  component_id INTEGER,
  parent_id INTEGER REFERENCES devices (id) ON DELETE SET NULL,
  labels TEXT NOT NULL DEFAULT '{}',
  offline_after_s INTEGER NOT NULL,
  ot INTEGER NOT NULL DEFAULT 0,
  health TEXT NOT NULL DEFAULT 'discovering',
  health_since INTEGER NOT NULL,
  last_seen_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (site_id, address_key)
) STRICT;
-- As lists are sorted by default.
CREATE INDEX devices_by_tenant ON devices (tenant_id, name COLLATE NOCASE, id);
CREATE INDEX devices_by_credential ON devices (credential_profile_id);
CREATE INDEX devices_by_parent ON devices (parent_id);

CREATE TABLE interfaces (
  device_id INTEGER NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  ifname TEXT NOT NULL,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  if_index INTEGER NOT NULL,
  name TEXT NOT NULL,
  descr TEXT NOT NULL,
  alias TEXT NOT NULL,
  type INTEGER NOT NULL,
  mac TEXT NOT NULL,
  speed_bits_per_second REAL NOT NULL,
  admin_status INTEGER NOT NULL,
  oper_status INTEGER NOT NULL,
  polled INTEGER NOT NULL,
  -- What a person decided; null: the template's default.
  chosen INTEGER,
  gone INTEGER NOT NULL DEFAULT 0,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  PRIMARY KEY (device_id, ifname)
) STRICT, WITHOUT ROWID;

-- Added plugins; the built-in ones are code.
CREATE TABLE plugins (
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  executable TEXT NOT NULL,
  arguments TEXT NOT NULL,
  timeout_s INTEGER NOT NULL,
  default_interval_s INTEGER NOT NULL,
  credential_types TEXT NOT NULL,
  settings_schema TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE monitors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  device_id INTEGER NOT NULL REFERENCES devices (id),
  plugin_id TEXT NOT NULL,
  credential_profile_id INTEGER REFERENCES credential_profiles (id),
  polling_interval INTEGER NOT NULL,
  enabled INTEGER NOT NULL,
  settings TEXT NOT NULL,
  last_polled INTEGER,
  last_attempted INTEGER,
  last_error TEXT,
  last_error_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX monitors_by_device ON monitors (device_id);
CREATE INDEX monitors_by_credential ON monitors (credential_profile_id);
CREATE INDEX monitors_by_tenant ON monitors (tenant_id, plugin_id);

-- Templates added by people; the built-in ones ship with the executable.
CREATE TABLE templates (
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  id TEXT NOT NULL,
  yaml TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE discovery_profiles (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL COLLATE NOCASE,
  subnet TEXT NOT NULL,
  exclude TEXT,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  component_id INTEGER,
  port_scan INTEGER NOT NULL,
  schedule TEXT,
  auto_import INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (tenant_id, name)
) STRICT;

-- Tried in the order of `position`.
CREATE TABLE discovery_profile_credentials (
  profile_id INTEGER NOT NULL REFERENCES discovery_profiles (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  credential_profile_id INTEGER NOT NULL REFERENCES credential_profiles (id),
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  PRIMARY KEY (profile_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX discovery_profile_credentials_by_credential ON discovery_profile_credentials (credential_profile_id);

CREATE TABLE discovery_runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  profile_id INTEGER REFERENCES discovery_profiles (id) ON DELETE SET NULL,
  profile TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'finished', 'cancelled', 'failed')),
  total INTEGER NOT NULL,
  scanned INTEGER NOT NULL,
  found INTEGER NOT NULL,
  message TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER
) STRICT;
CREATE INDEX discovery_runs_by_profile ON discovery_runs (profile_id, id);

-- The newest finding of an address in a site; kept when its profile is deleted.
CREATE TABLE discovered_devices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  run_id INTEGER NOT NULL REFERENCES discovery_runs (id),
  profile_id INTEGER REFERENCES discovery_profiles (id) ON DELETE SET NULL,
  site_id INTEGER NOT NULL REFERENCES sites (id),
  address TEXT NOT NULL,
  address_key TEXT NOT NULL,
  hostname TEXT,
  answered TEXT NOT NULL,
  credential_profile_id INTEGER REFERENCES credential_profiles (id) ON DELETE SET NULL,
  template TEXT,
  confidence REAL,
  reasons TEXT NOT NULL,
  facts TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  UNIQUE (site_id, address_key)
) STRICT;
CREATE INDEX discovered_devices_by_run ON discovered_devices (run_id);

CREATE TABLE alert_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL COLLATE NOCASE,
  expression TEXT NOT NULL,
  for_s INTEGER NOT NULL,
  severity TEXT NOT NULL,
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  -- JSON list; null: every enabled channel.
  channel_ids TEXT,
  origin TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (tenant_id, origin, name)
) STRICT;

CREATE TABLE alerts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  rule_id INTEGER REFERENCES alert_rules (id) ON DELETE SET NULL,
  rule TEXT NOT NULL,
  -- Of stored tags only, so that a rename pages nobody.
  fingerprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'firing', 'resolved')),
  severity TEXT NOT NULL,
  labels TEXT NOT NULL,
  annotations TEXT NOT NULL,
  value REAL,
  -- No reference: an alert outlives its device.
  device_id INTEGER,
  started_at INTEGER NOT NULL,
  fired_at INTEGER,
  resolved_at INTEGER,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  comments TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE UNIQUE INDEX alerts_active ON alerts (rule_id, fingerprint) WHERE state <> 'resolved';
CREATE INDEX alerts_by_start ON alerts (tenant_id, started_at);
CREATE INDEX alerts_by_device ON alerts (device_id, state);
CREATE INDEX alerts_by_fingerprint ON alerts (tenant_id, fingerprint);

CREATE TABLE channels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  name TEXT NOT NULL COLLATE NOCASE,
  type TEXT NOT NULL,
  enabled INTEGER NOT NULL,
  send_resolved INTEGER NOT NULL,
  min_severity TEXT NOT NULL,
  config TEXT NOT NULL,
  sealed TEXT NOT NULL,
  last_sent_at INTEGER,
  last_error TEXT,
  last_error_at INTEGER,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (tenant_id, name)
) STRICT;

-- The durable queue of notifications.
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  alert_id INTEGER REFERENCES alerts (id) ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('firing', 'resolved', 'test')),
  payload TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
  attempts INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  sent_at INTEGER
) STRICT;
CREATE INDEX notifications_due ON notifications (state, next_attempt_at);
CREATE INDEX notifications_by_channel ON notifications (channel_id);
CREATE INDEX notifications_by_alert ON notifications (alert_id);

-- What changed in the plant. No references: history outlives what it speaks of.
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  site_id INTEGER,
  site TEXT,
  device_id INTEGER,
  device TEXT,
  before TEXT,
  after TEXT
) STRICT;
CREATE INDEX events_by_time ON events (tenant_id, at);
CREATE INDEX events_by_device ON events (device_id, at);

-- What people and keys changed here.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant_id INTEGER NOT NULL REFERENCES tenants (id),
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  address TEXT,
  action TEXT NOT NULL,
  target TEXT,
  detail TEXT
) STRICT;
CREATE INDEX audit_by_time ON audit (tenant_id, at);

INSERT INTO tenants (id, name, created_at) VALUES (1, 'default', unixepoch() * 1000);
INSERT INTO sites (tenant_id, name, time_zone, created_at, updated_at)
VALUES (1, 'default', 'UTC', unixepoch() * 1000, unixepoch() * 1000);
