-- Keys, sessions that can be ended, settings changed while the product runs, the record of changes, and what web processes tell each other of their counts.

ALTER TABLE "Person" ADD COLUMN "isDisabled" BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE "Person" ADD COLUMN "sessionsFrom" DATETIME NOT NULL DEFAULT 0;
ALTER TABLE "Upload" ADD COLUMN "ownerPid" INTEGER;

CREATE TABLE "ApiKey" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "beginsWith" TEXT NOT NULL,
  "scopesJson" TEXT NOT NULL,
  "createdById" TEXT,
  "createdAt" DATETIME NOT NULL,
  "lastUsedAt" DATETIME,
  CONSTRAINT "ApiKey_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "Person" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "EndedSession" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "until" DATETIME NOT NULL
);

CREATE TABLE "KeptSetting" (
  "name" TEXT NOT NULL PRIMARY KEY,
  "valueJson" TEXT NOT NULL,
  "changedAt" DATETIME NOT NULL
);

CREATE TABLE "Change" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "at" DATETIME NOT NULL,
  "by" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "subject" TEXT
);

CREATE TABLE "CountedElsewhere" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "source" TEXT NOT NULL,
  "countsJson" TEXT NOT NULL,
  "at" DATETIME NOT NULL
);

CREATE UNIQUE INDEX "ApiKey_hash_key" ON "ApiKey" ("hash");
CREATE INDEX "ApiKey_createdById_idx" ON "ApiKey" ("createdById");
CREATE INDEX "EndedSession_until_idx" ON "EndedSession" ("until");
CREATE INDEX "CountedElsewhere_at_idx" ON "CountedElsewhere" ("at");
