-- Lists of the samples of a classifier: newest first and by file name, at any position of 100,000; and what a version
-- predicts for them where that is stored (folds.json: each image by layers that were not trained on it).

DROP INDEX "Sample_classifierId_id_idx";
CREATE INDEX "Sample_classifierId_trashedAt_id_idx" ON "Sample" ("classifierId", "trashedAt", "id");
CREATE INDEX "Sample_classifierId_trashedAt_filename_id_idx" ON "Sample" ("classifierId", "trashedAt", "filename", "id");

CREATE TABLE "SamplePrediction" (
  "versionId" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "predictedClass" TEXT NOT NULL,
  "confidence" REAL NOT NULL,
  PRIMARY KEY ("versionId", "hash"),
  CONSTRAINT "SamplePrediction_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "SamplePrediction_hash_fkey" FOREIGN KEY ("hash") REFERENCES "Picture" ("hash") ON DELETE CASCADE ON UPDATE CASCADE
) WITHOUT ROWID;
CREATE INDEX "SamplePrediction_versionId_confidence_hash_idx" ON "SamplePrediction" ("versionId", "confidence", "hash");
CREATE INDEX "SamplePrediction_versionId_predictedClass_hash_idx" ON "SamplePrediction" ("versionId", "predictedClass", "hash");
CREATE INDEX "SamplePrediction_hash_idx" ON "SamplePrediction" ("hash");
