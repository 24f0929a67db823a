-- What is wrong with images and sets: the figures of each image that findings are judged by, and the findings of the most
-- recent report of each classifier.

CREATE TABLE "ImageFigures" (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "brightness5" REAL NOT NULL,
  "brightness99" REAL NOT NULL,
  "sharpness" REAL NOT NULL,
  "concentration" REAL NOT NULL,
  "entropy" REAL NOT NULL,
  "digest" TEXT NOT NULL,
  FOREIGN KEY ("hash") REFERENCES "Picture" ("hash") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Finding" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "severity" REAL NOT NULL,
  "detail" TEXT NOT NULL,
  "suggestedLabel" TEXT,
  "labelsJson" TEXT NOT NULL,
  FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "Finding_classifierId_kind_idx" ON "Finding" ("classifierId", "kind");

CREATE TABLE "FindingSample" (
  "findingId" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "sampleId" TEXT NOT NULL,
  "label" TEXT,
  PRIMARY KEY ("findingId", "position"),
  FOREIGN KEY ("findingId") REFERENCES "Finding" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  FOREIGN KEY ("sampleId") REFERENCES "Sample" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "FindingSample_sampleId_idx" ON "FindingSample" ("sampleId");

CREATE TABLE "FindingReport" (
  "classifierId" TEXT NOT NULL PRIMARY KEY,
  "state" TEXT NOT NULL,
  "done" INTEGER NOT NULL,
  "total" INTEGER NOT NULL,
  "images" INTEGER NOT NULL,
  "unknownJson" TEXT NOT NULL,
  "error" TEXT,
  "requestedAt" DATETIME NOT NULL,
  "computedAt" DATETIME,
  FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
