-- Three roles instead of two, keys that expire or are for one classifier, reset links, sign-in by OIDC, and an audit log that names things.

ALTER TABLE "Person" ADD COLUMN "keptSession" TEXT;
ALTER TABLE "Person" ADD COLUMN "oidcSubject" TEXT;

ALTER TABLE "ApiKey" ADD COLUMN "expiresAt" DATETIME;
ALTER TABLE "ApiKey" ADD COLUMN "classifierId" TEXT CONSTRAINT "ApiKey_classifierId_fkey" REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "OneTimeToken" ADD COLUMN "expiresAt" DATETIME;
ALTER TABLE "OneTimeToken" ADD COLUMN "personId" TEXT CONSTRAINT "OneTimeToken_personId_fkey" REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "Change" ADD COLUMN "byId" TEXT;
ALTER TABLE "Change" ADD COLUMN "subjectId" TEXT;
ALTER TABLE "Change" ADD COLUMN "classifierId" TEXT;
ALTER TABLE "Change" ADD COLUMN "detail" TEXT;

CREATE UNIQUE INDEX "Person_oidcSubject_key" ON "Person" ("oidcSubject");
CREATE INDEX "ApiKey_classifierId_idx" ON "ApiKey" ("classifierId");
CREATE INDEX "OneTimeToken_personId_idx" ON "OneTimeToken" ("personId");
CREATE INDEX "Change_byId_id_idx" ON "Change" ("byId", "id");
CREATE INDEX "Change_action_id_idx" ON "Change" ("action", "id");
CREATE INDEX "Change_classifierId_id_idx" ON "Change" ("classifierId", "id");

-- The audit log says for each person what became of their role. The ids are UUIDv7 of this moment, so that they stand where they belong in the list.
INSERT INTO "Change" ("id", "at", "by", "action", "subject", "subjectId", "detail")
SELECT
  lower(printf('%08x-%04x-7%s-8%s-%s', "ms" >> 16, "ms" & 65535, substr(hex(randomblob(2)), 1, 3), substr(hex(randomblob(2)), 1, 3), hex(randomblob(6)))),
  "ms", 'Darkroom', 'PATCH /api/users/{id}', "email", "id", 'role: editor, which "user" is called from this version on'
FROM (SELECT "email", "id", CAST(unixepoch('subsec') * 1000 AS INTEGER) AS "ms" FROM "Person" WHERE "role" = 'user');

UPDATE "Person" SET "role" = 'editor' WHERE "role" = 'user';
