-- Predictions for many images in the background, and the result of each image. The files are in
-- DATA_DIR/prediction-jobs until the job ends.

CREATE TABLE "PredictionJob" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "jobId" TEXT,
  "classifierId" TEXT NOT NULL,
  "versionId" TEXT,
  "version" TEXT NOT NULL,
  "engine" TEXT,
  "precision" TEXT,
  "topK" INTEGER NOT NULL,
  "filename" TEXT,
  "ownerKind" TEXT NOT NULL,
  "ownerId" TEXT,
  "ownerName" TEXT,
  "total" INTEGER NOT NULL,
  "done" INTEGER NOT NULL,
  "failed" INTEGER NOT NULL,
  "countsJson" TEXT NOT NULL,
  "createdAt" DATETIME NOT NULL,
  "startedAt" DATETIME,
  FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX "PredictionJob_jobId_idx" ON "PredictionJob" ("jobId");
CREATE INDEX "PredictionJob_classifierId_idx" ON "PredictionJob" ("classifierId");
CREATE INDEX "PredictionJob_versionId_idx" ON "PredictionJob" ("versionId");
CREATE INDEX "PredictionJob_ownerKind_ownerId_id_idx" ON "PredictionJob" ("ownerKind", "ownerId", "id");

CREATE TABLE "PredictionJobRow" (
  "predictionJobId" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "filename" TEXT NOT NULL,
  "code" TEXT,
  "error" TEXT,
  "resultJson" TEXT,
  PRIMARY KEY ("predictionJobId", "position"),
  FOREIGN KEY ("predictionJobId") REFERENCES "PredictionJob" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
