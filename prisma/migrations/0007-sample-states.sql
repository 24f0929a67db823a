-- One state model of a sample: label and split may be missing, excludedAt and trashedAt say since when, groupId keeps what belongs together.
-- The trash, the log of changes that can be undone, and stored files that were found missing or damaged.
-- "Sample" is made again, so its triggers and indexes are, too. Samples in the trash are in no sum; an unlabelled one has '' as its label and split there.

CREATE TABLE "SampleChange" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "at" DATETIME NOT NULL,
  "count" INTEGER NOT NULL,
  "undoesId" TEXT,
  "undoneById" TEXT,
  CONSTRAINT "SampleChange_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "SampleChange_classifierId_id_idx" ON "SampleChange" ("classifierId", "id");

CREATE TABLE "TrashEntry" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "classifierId" TEXT NOT NULL,
  "uploadId" TEXT,
  "versionId" TEXT,
  "title" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "at" DATETIME NOT NULL,
  "until" DATETIME NOT NULL,
  CONSTRAINT "TrashEntry_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "TrashEntry_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "Upload" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "TrashEntry_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "TrashEntry_classifierId_id_idx" ON "TrashEntry" ("classifierId", "id");
CREATE INDEX "TrashEntry_uploadId_idx" ON "TrashEntry" ("uploadId");
CREATE INDEX "TrashEntry_versionId_idx" ON "TrashEntry" ("versionId");
CREATE INDEX "TrashEntry_until_idx" ON "TrashEntry" ("until");

CREATE TABLE "FileFault" (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "code" TEXT NOT NULL,
  "foundAt" DATETIME NOT NULL,
  CONSTRAINT "FileFault_hash_fkey" FOREIGN KEY ("hash") REFERENCES "Picture" ("hash") ON DELETE CASCADE ON UPDATE CASCADE
);

ALTER TABLE "Classifier" ADD COLUMN "trashedAt" DATETIME;
ALTER TABLE "Upload" ADD COLUMN "trashedAt" DATETIME;
ALTER TABLE "Version" ADD COLUMN "trashedAt" DATETIME;

CREATE TABLE "Sample_with_states" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "label" TEXT,
  "split" TEXT,
  "source" TEXT NOT NULL,
  "uploadId" TEXT,
  "filename" TEXT,
  "groupId" TEXT,
  "excludedAt" DATETIME,
  "trashedAt" DATETIME,
  "trashId" TEXT,
  "createdAt" DATETIME NOT NULL,
  "labelledAt" DATETIME NOT NULL,
  CONSTRAINT "Sample_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Sample_hash_fkey" FOREIGN KEY ("hash") REFERENCES "Picture" ("hash") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "Sample_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "Upload" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Sample_trashId_fkey" FOREIGN KEY ("trashId") REFERENCES "TrashEntry" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "Sample_split_needs_label" CHECK ("split" IS NULL OR "label" IS NOT NULL)
);
INSERT INTO "Sample_with_states" ("id", "classifierId", "hash", "label", "split", "source", "uploadId", "filename", "groupId", "excludedAt", "trashedAt", "trashId", "createdAt", "labelledAt")
  SELECT "id", "classifierId", "hash", "label", "split", "source", "uploadId", "filename", NULL, CASE WHEN "isExcluded" THEN "createdAt" END, NULL, NULL, "createdAt", "labelledAt" FROM "Sample";
DROP TABLE "Sample";
ALTER TABLE "Sample_with_states" RENAME TO "Sample";
CREATE UNIQUE INDEX "Sample_classifierId_hash_key" ON "Sample" ("classifierId", "hash");
CREATE INDEX "Sample_classifierId_id_idx" ON "Sample" ("classifierId", "id");
CREATE INDEX "Sample_classifierId_label_id_idx" ON "Sample" ("classifierId", "label", "id");
CREATE INDEX "Sample_unseen_idx" ON "Sample" ("classifierId", "source", "labelledAt", "split", "excludedAt", "trashedAt", "uploadId");
CREATE INDEX "Sample_uploadId_idx" ON "Sample" ("uploadId");
CREATE INDEX "Sample_hash_idx" ON "Sample" ("hash");
CREATE INDEX "Sample_trashId_idx" ON "Sample" ("trashId");

CREATE TABLE "SampleChangeEntry" (
  "changeId" TEXT NOT NULL,
  "sampleId" TEXT NOT NULL,
  "labelBefore" TEXT,
  "labelAfter" TEXT,
  "splitBefore" TEXT,
  "splitAfter" TEXT,
  "excludedBefore" DATETIME,
  "excludedAfter" DATETIME,
  "trashedBefore" DATETIME,
  "trashedAfter" DATETIME,
  PRIMARY KEY ("changeId", "sampleId"),
  CONSTRAINT "SampleChangeEntry_changeId_fkey" FOREIGN KEY ("changeId") REFERENCES "SampleChange" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "SampleChangeEntry_sampleId_fkey" FOREIGN KEY ("sampleId") REFERENCES "Sample" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "SampleChangeEntry_sampleId_idx" ON "SampleChangeEntry" ("sampleId");

CREATE TRIGGER "Sample_added" AFTER INSERT ON "Sample" WHEN NEW."trashedAt" IS NULL BEGIN
  INSERT INTO "SampleCount" VALUES (NEW."classifierId", COALESCE(NEW."label", ''), COALESCE(NEW."split", ''), NEW."source", NEW."excludedAt" IS NOT NULL, 1)
    ON CONFLICT DO UPDATE SET "count" = "count" + 1;
END;
CREATE TRIGGER "Sample_removed" AFTER DELETE ON "Sample" WHEN OLD."trashedAt" IS NULL BEGIN
  UPDATE "SampleCount" SET "count" = "count" - 1
    WHERE "classifierId" = OLD."classifierId" AND "label" = COALESCE(OLD."label", '') AND "split" = COALESCE(OLD."split", '') AND "source" = OLD."source" AND "isExcluded" = (OLD."excludedAt" IS NOT NULL);
END;
CREATE TRIGGER "Sample_left_its_state" AFTER UPDATE OF "label", "split", "source", "excludedAt", "trashedAt" ON "Sample" WHEN OLD."trashedAt" IS NULL BEGIN
  UPDATE "SampleCount" SET "count" = "count" - 1
    WHERE "classifierId" = OLD."classifierId" AND "label" = COALESCE(OLD."label", '') AND "split" = COALESCE(OLD."split", '') AND "source" = OLD."source" AND "isExcluded" = (OLD."excludedAt" IS NOT NULL);
END;
CREATE TRIGGER "Sample_entered_its_state" AFTER UPDATE OF "label", "split", "source", "excludedAt", "trashedAt" ON "Sample" WHEN NEW."trashedAt" IS NULL BEGIN
  INSERT INTO "SampleCount" VALUES (NEW."classifierId", COALESCE(NEW."label", ''), COALESCE(NEW."split", ''), NEW."source", NEW."excludedAt" IS NOT NULL, 1)
    ON CONFLICT DO UPDATE SET "count" = "count" + 1;
END;
