-- What an image is recognised by when near-copies and bursts are looked for: computed once for each image, and deleted with it.
-- Sample.groupId, which is in the tables since 0007, is filled from these.

CREATE TABLE "Fingerprint" (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "bytes" BLOB NOT NULL,
  "takenAt" DATETIME,
  "camera" TEXT,
  FOREIGN KEY ("hash") REFERENCES "Picture" ("hash") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "Sample_classifierId_groupId_idx" ON "Sample" ("classifierId", "groupId");
