-- Classes that were renamed: versions and snapshots contain the names of their time, and are read with the names of
-- today. autoPromote: off, better or not_worse; null: as AUTO_PROMOTE says.

CREATE TABLE "ClassRename" (
  "id"           INTEGER  NOT NULL PRIMARY KEY AUTOINCREMENT,
  "classifierId" TEXT     NOT NULL,
  "from"         TEXT     NOT NULL,
  "to"           TEXT     NOT NULL,
  "at"           DATETIME NOT NULL,
  FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "ClassRename_classifierId_id_idx" ON "ClassRename" ("classifierId", "id");

ALTER TABLE "Classifier" ADD COLUMN "autoPromote" TEXT;
