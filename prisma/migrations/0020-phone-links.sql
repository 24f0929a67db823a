-- Links that let a phone add images to one classifier for a while, without an account.

CREATE TABLE "PhoneLink" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "hash" TEXT NOT NULL,
  "classifierId" TEXT NOT NULL,
  "label" TEXT,
  "mayPredict" BOOLEAN NOT NULL,
  "createdById" TEXT,
  "createdBy" TEXT NOT NULL,
  "createdAt" DATETIME NOT NULL,
  "expiresAt" DATETIME NOT NULL,
  "endedAt" DATETIME,
  "images" INTEGER NOT NULL,
  "bytes" REAL NOT NULL,
  CONSTRAINT "PhoneLink_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "PhoneLink_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "PhoneLink_hash_key" ON "PhoneLink" ("hash");
CREATE INDEX "PhoneLink_classifierId_id_idx" ON "PhoneLink" ("classifierId", "id");
CREATE INDEX "PhoneLink_createdById_idx" ON "PhoneLink" ("createdById");

ALTER TABLE "Upload" ADD COLUMN "phoneLinkId" TEXT CONSTRAINT "Upload_phoneLinkId_fkey" REFERENCES "PhoneLink" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
CREATE INDEX "Upload_phoneLinkId_idx" ON "Upload" ("phoneLinkId");
