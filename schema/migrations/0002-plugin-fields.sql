-- Fields that an added plugin declares: measurement, field, kind, unit, help.
ALTER TABLE plugins ADD COLUMN fields TEXT NOT NULL DEFAULT '[]';
