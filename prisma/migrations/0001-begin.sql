-- The first tables. Times are milliseconds since 1970; texts named …Json hold JSON; a picture's bytes are null where its file lies in DATA_DIR/pictures.

CREATE TABLE "Classifier" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "title" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "channels" INTEGER NOT NULL,
  "fit" TEXT NOT NULL,
  "isMirrorable" BOOLEAN NOT NULL,
  "hasDigits" BOOLEAN NOT NULL,
  "recipe" TEXT NOT NULL,
  "isShipped" BOOLEAN NOT NULL,
  "originalJson" TEXT,
  "lastNumber" INTEGER NOT NULL,
  "createdAt" DATETIME NOT NULL
);

CREATE TABLE "Class" (
  "classifierId" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  PRIMARY KEY ("classifierId", "name"),
  CONSTRAINT "Class_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Picture" (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "sizeBytes" INTEGER NOT NULL,
  "width" INTEGER NOT NULL,
  "height" INTEGER NOT NULL,
  "mediaType" TEXT NOT NULL,
  "bytes" BLOB
);

CREATE TABLE "Sample" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "label" TEXT NOT NULL,
  "split" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "uploadId" TEXT,
  "filename" TEXT,
  "isExcluded" BOOLEAN NOT NULL,
  "createdAt" DATETIME NOT NULL,
  "labelledAt" DATETIME NOT NULL,
  CONSTRAINT "Sample_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Sample_hash_fkey" FOREIGN KEY ("hash") REFERENCES "Picture" ("hash") ON DELETE RESTRICT ON UPDATE CASCADE,
  CONSTRAINT "Sample_uploadId_fkey" FOREIGN KEY ("uploadId") REFERENCES "Upload" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Upload" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "reportJson" TEXT NOT NULL,
  "error" TEXT,
  "createdAt" DATETIME NOT NULL,
  CONSTRAINT "Upload_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Snapshot" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  "train" INTEGER NOT NULL,
  "validation" INTEGER NOT NULL,
  "test" INTEGER NOT NULL,
  "entries" BLOB NOT NULL,
  "createdAt" DATETIME NOT NULL,
  CONSTRAINT "Snapshot_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Run" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "jobId" TEXT,
  "snapshotId" TEXT,
  "state" TEXT NOT NULL,
  "recipe" TEXT NOT NULL,
  "baseVersionId" TEXT,
  "versionId" TEXT,
  "engine" TEXT,
  "epochs" INTEGER NOT NULL,
  "epoch" INTEGER NOT NULL,
  "step" INTEGER NOT NULL,
  "steps" INTEGER NOT NULL,
  "etaSeconds" REAL,
  "memoryMb" REAL,
  "message" TEXT NOT NULL,
  "imagesJson" TEXT,
  "pointsJson" TEXT NOT NULL,
  "verdictJson" TEXT,
  "isPromoted" BOOLEAN NOT NULL,
  "canResume" BOOLEAN NOT NULL,
  "error" TEXT,
  "seed" INTEGER NOT NULL,
  "planJson" TEXT NOT NULL,
  "createdAt" DATETIME NOT NULL,
  "startedAt" DATETIME,
  "endedAt" DATETIME,
  CONSTRAINT "Run_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Run_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "Job" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "Run_snapshotId_fkey" FOREIGN KEY ("snapshotId") REFERENCES "Snapshot" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "Run_baseVersionId_fkey" FOREIGN KEY ("baseVersionId") REFERENCES "Version" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "Run_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "RunEvent" (
  "runId" TEXT NOT NULL,
  "seq" INTEGER NOT NULL,
  "eventJson" TEXT NOT NULL,
  PRIMARY KEY ("runId", "seq"),
  CONSTRAINT "RunEvent_runId_fkey" FOREIGN KEY ("runId") REFERENCES "Run" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Version" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "number" INTEGER NOT NULL,
  "parent" TEXT,
  "runId" TEXT,
  "isShipped" BOOLEAN NOT NULL,
  "recipe" TEXT NOT NULL,
  "engine" TEXT,
  "accuracy" REAL,
  "accuracyLow" REAL,
  "accuracyHigh" REAL,
  "testImages" INTEGER NOT NULL,
  "parameters" INTEGER NOT NULL,
  "sizeBytes" INTEGER NOT NULL,
  "classesJson" TEXT NOT NULL,
  "preprocessJson" TEXT NOT NULL,
  "cardJson" TEXT NOT NULL,
  "verdictJson" TEXT,
  "createdAt" DATETIME NOT NULL,
  "promotedAt" DATETIME,
  CONSTRAINT "Version_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Promotion" (
  "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  "classifierId" TEXT NOT NULL,
  "versionId" TEXT NOT NULL,
  "previousId" TEXT,
  "kind" TEXT NOT NULL,
  "by" TEXT NOT NULL,
  "reason" TEXT,
  "at" DATETIME NOT NULL,
  CONSTRAINT "Promotion_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Promotion_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Promotion_previousId_fkey" FOREIGN KEY ("previousId") REFERENCES "Version" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "Comparison" (
  "championId" TEXT NOT NULL,
  "challengerId" TEXT NOT NULL,
  "comparisonJson" TEXT NOT NULL,
  "at" DATETIME NOT NULL,
  PRIMARY KEY ("championId", "challengerId"),
  CONSTRAINT "Comparison_championId_fkey" FOREIGN KEY ("championId") REFERENCES "Version" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Comparison_challengerId_fkey" FOREIGN KEY ("challengerId") REFERENCES "Version" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "Prediction" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "classifierId" TEXT NOT NULL,
  "versionId" TEXT,
  "version" TEXT NOT NULL,
  "engine" TEXT NOT NULL,
  "predictedClass" TEXT NOT NULL,
  "predictedIndex" INTEGER NOT NULL,
  "confidence" REAL NOT NULL,
  "probabilitiesJson" TEXT NOT NULL,
  "decision" TEXT,
  "candidatesJson" TEXT,
  "familiarity" REAL,
  "filename" TEXT,
  "width" INTEGER NOT NULL,
  "height" INTEGER NOT NULL,
  "pictureHash" TEXT,
  "decodeMs" REAL NOT NULL,
  "queueMs" REAL NOT NULL,
  "inferenceMs" REAL NOT NULL,
  "totalMs" REAL NOT NULL,
  "createdAt" DATETIME NOT NULL,
  CONSTRAINT "Prediction_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Prediction_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "Prediction_pictureHash_fkey" FOREIGN KEY ("pictureHash") REFERENCES "Picture" ("hash") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "Feedback" (
  "predictionId" TEXT NOT NULL PRIMARY KEY,
  "isCorrect" BOOLEAN NOT NULL,
  "label" TEXT NOT NULL,
  "sampleId" TEXT,
  "at" DATETIME NOT NULL,
  CONSTRAINT "Feedback_predictionId_fkey" FOREIGN KEY ("predictionId") REFERENCES "Prediction" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Feedback_sampleId_fkey" FOREIGN KEY ("sampleId") REFERENCES "Sample" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

CREATE TABLE "Job" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "kind" TEXT NOT NULL,
  "payloadJson" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "attempt" INTEGER NOT NULL,
  "worker" TEXT,
  "leaseUntil" DATETIME,
  "notBefore" DATETIME NOT NULL,
  "isCancelRequested" BOOLEAN NOT NULL,
  "resultJson" TEXT,
  "errorCode" TEXT,
  "errorMessage" TEXT,
  "createdAt" DATETIME NOT NULL,
  "endedAt" DATETIME
);

CREATE TABLE "WebProcess" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "pid" INTEGER NOT NULL,
  "lastSeen" DATETIME NOT NULL,
  "acknowledged" INTEGER NOT NULL
);

CREATE TABLE "Person" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT NOT NULL,
  "email" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "passwordHash" TEXT NOT NULL,
  "createdAt" DATETIME NOT NULL
);

CREATE TABLE "OneTimeToken" (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "purpose" TEXT NOT NULL,
  "createdAt" DATETIME NOT NULL
);

CREATE TABLE "TestOpening" (
  "listHash" TEXT NOT NULL PRIMARY KEY,
  "count" INTEGER NOT NULL
);

CREATE UNIQUE INDEX "Sample_classifierId_hash_key" ON "Sample" ("classifierId", "hash");
CREATE INDEX "Sample_classifierId_id_idx" ON "Sample" ("classifierId", "id");
CREATE INDEX "Sample_classifierId_label_id_idx" ON "Sample" ("classifierId", "label", "id");
CREATE INDEX "Sample_classifierId_labelledAt_idx" ON "Sample" ("classifierId", "labelledAt");
CREATE INDEX "Sample_uploadId_idx" ON "Sample" ("uploadId");
CREATE INDEX "Sample_hash_idx" ON "Sample" ("hash");
CREATE INDEX "Upload_classifierId_id_idx" ON "Upload" ("classifierId", "id");
CREATE UNIQUE INDEX "Snapshot_classifierId_hash_key" ON "Snapshot" ("classifierId", "hash");
CREATE INDEX "Run_classifierId_id_idx" ON "Run" ("classifierId", "id");
CREATE INDEX "Run_state_idx" ON "Run" ("state");
CREATE INDEX "Run_jobId_idx" ON "Run" ("jobId");
CREATE INDEX "Run_snapshotId_idx" ON "Run" ("snapshotId");
CREATE INDEX "Run_baseVersionId_idx" ON "Run" ("baseVersionId");
CREATE INDEX "Run_versionId_idx" ON "Run" ("versionId");
CREATE UNIQUE INDEX "Version_classifierId_number_key" ON "Version" ("classifierId", "number");
CREATE INDEX "Promotion_classifierId_id_idx" ON "Promotion" ("classifierId", "id");
CREATE INDEX "Promotion_versionId_idx" ON "Promotion" ("versionId");
CREATE INDEX "Promotion_previousId_idx" ON "Promotion" ("previousId");
CREATE INDEX "Comparison_challengerId_idx" ON "Comparison" ("challengerId");
CREATE INDEX "Prediction_classifierId_id_idx" ON "Prediction" ("classifierId", "id");
CREATE INDEX "Prediction_classifierId_createdAt_predictedClass_confidence_totalMs_idx" ON "Prediction" ("classifierId", "createdAt", "predictedClass", "confidence", "totalMs");
CREATE INDEX "Prediction_versionId_idx" ON "Prediction" ("versionId");
CREATE INDEX "Prediction_pictureHash_idx" ON "Prediction" ("pictureHash");
CREATE INDEX "Feedback_sampleId_idx" ON "Feedback" ("sampleId");
CREATE INDEX "Job_state_notBefore_idx" ON "Job" ("state", "notBefore");
CREATE UNIQUE INDEX "Person_email_key" ON "Person" ("email");
