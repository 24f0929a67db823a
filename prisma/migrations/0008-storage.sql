-- Which predictions strangers made, and which images are stored for these alone: what a quota and an age limit are kept by.
-- Rows from before count as people's. The sum is kept by triggers, because images leave in many ways; a migration that rebuilds
-- "Picture" must make them again.

ALTER TABLE "Prediction" ADD COLUMN "isAnonymous" BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE "Picture" ADD COLUMN "isAnonymous" BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE "Picture" ADD COLUMN "usedAt" DATETIME NOT NULL DEFAULT 0;
CREATE INDEX "Picture_isAnonymous_usedAt_idx" ON "Picture" ("isAnonymous", "usedAt");

CREATE TABLE "StorageSum" (
  "name" TEXT NOT NULL PRIMARY KEY,
  "images" INTEGER NOT NULL,
  "bytes" REAL NOT NULL
);
INSERT INTO "StorageSum" VALUES ('anonymous', 0, 0);

CREATE TRIGGER "Picture_anonymous_added" AFTER INSERT ON "Picture" WHEN NEW."isAnonymous" BEGIN
  UPDATE "StorageSum" SET "images" = "images" + 1, "bytes" = "bytes" + NEW."sizeBytes" WHERE "name" = 'anonymous';
END;
CREATE TRIGGER "Picture_anonymous_removed" AFTER DELETE ON "Picture" WHEN OLD."isAnonymous" BEGIN
  UPDATE "StorageSum" SET "images" = "images" - 1, "bytes" = "bytes" - OLD."sizeBytes" WHERE "name" = 'anonymous';
END;
CREATE TRIGGER "Picture_anonymous_changed" AFTER UPDATE OF "isAnonymous" ON "Picture" WHEN OLD."isAnonymous" <> NEW."isAnonymous" BEGIN
  UPDATE "StorageSum" SET "images" = "images" + NEW."isAnonymous" - OLD."isAnonymous",
    "bytes" = "bytes" + (NEW."isAnonymous" - OLD."isAnonymous") * NEW."sizeBytes" WHERE "name" = 'anonymous';
END;
