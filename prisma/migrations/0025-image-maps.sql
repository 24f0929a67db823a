-- Where each image is among those that are like it (lib/training/findings/image-map.ts), from the most recent check: x and y from 0 to 1. basis: what it was computed from. method: pca or umap.

CREATE TABLE "ImageMap" (
  "classifierId" TEXT NOT NULL PRIMARY KEY,
  "basis" TEXT NOT NULL,
  "method" TEXT NOT NULL,
  "computedAt" DATETIME NOT NULL,
  FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE TABLE "MapPoint" (
  "sampleId" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "x" REAL NOT NULL,
  "y" REAL NOT NULL,
  FOREIGN KEY ("sampleId") REFERENCES "Sample" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "MapPoint_classifierId_x_idx" ON "MapPoint" ("classifierId", "x");
