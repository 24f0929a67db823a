-- The tables of prisma/schema.prisma on PostgreSQL, as Prisma's schema engine prints them from an empty database,
-- then what Prisma does not express. A test compares the migrated database with the schema. Texts are in the order of
-- their code points (COLLATE "C"), as in SQLite, whatever the language of the database is. Times are UTC.

CREATE TABLE "Classifier" (
  "id" TEXT COLLATE "C" NOT NULL,
  "title" TEXT COLLATE "C" NOT NULL,
  "size" INTEGER NOT NULL,
  "channels" INTEGER NOT NULL,
  "fit" TEXT COLLATE "C" NOT NULL,
  "isMirrorable" BOOLEAN NOT NULL,
  "hasDigits" BOOLEAN NOT NULL,
  "recipe" TEXT COLLATE "C" NOT NULL,
  "isShipped" BOOLEAN NOT NULL,
  "originalJson" TEXT COLLATE "C",
  "lastNumber" INTEGER NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "trashedAt" TIMESTAMP(3),
  "autoRetrain" TEXT COLLATE "C",
  "autoRetrainAfter" TEXT COLLATE "C",
  "autoPromote" TEXT COLLATE "C",
  CONSTRAINT "Classifier_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Class" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "name" TEXT COLLATE "C" NOT NULL,
  "position" INTEGER NOT NULL,
  CONSTRAINT "Class_pkey" PRIMARY KEY ("classifierId","name")
);

CREATE TABLE "ClassRename" (
  "id" SERIAL NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "from" TEXT COLLATE "C" NOT NULL,
  "to" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "ClassRename_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Picture" (
  "hash" TEXT COLLATE "C" NOT NULL,
  "sizeBytes" INTEGER NOT NULL,
  "width" INTEGER NOT NULL,
  "height" INTEGER NOT NULL,
  "mediaType" TEXT COLLATE "C" NOT NULL,
  "bytes" BYTEA,
  "isAnonymous" BOOLEAN NOT NULL,
  "usedAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Picture_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "Fingerprint" (
  "hash" TEXT COLLATE "C" NOT NULL,
  "bytes" BYTEA NOT NULL,
  "takenAt" TIMESTAMP(3),
  "camera" TEXT COLLATE "C",
  CONSTRAINT "Fingerprint_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "ImageFigures" (
  "hash" TEXT COLLATE "C" NOT NULL,
  "brightness5" DOUBLE PRECISION NOT NULL,
  "brightness99" DOUBLE PRECISION NOT NULL,
  "sharpness" DOUBLE PRECISION NOT NULL,
  "concentration" DOUBLE PRECISION NOT NULL,
  "entropy" DOUBLE PRECISION NOT NULL,
  "digest" TEXT COLLATE "C" NOT NULL,
  "surroundingsJson" TEXT COLLATE "C",
  CONSTRAINT "ImageFigures_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "Finding" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "kind" TEXT COLLATE "C" NOT NULL,
  "severity" DOUBLE PRECISION NOT NULL,
  "detail" TEXT COLLATE "C" NOT NULL,
  "suggestedLabel" TEXT COLLATE "C",
  "labelsJson" TEXT COLLATE "C" NOT NULL,
  CONSTRAINT "Finding_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "FindingSample" (
  "findingId" TEXT COLLATE "C" NOT NULL,
  "position" INTEGER NOT NULL,
  "sampleId" TEXT COLLATE "C" NOT NULL,
  "label" TEXT COLLATE "C",
  CONSTRAINT "FindingSample_pkey" PRIMARY KEY ("findingId","position")
);

CREATE TABLE "FindingDismissal" (
  "sampleId" TEXT COLLATE "C" NOT NULL,
  "kind" TEXT COLLATE "C" NOT NULL,
  "label" TEXT COLLATE "C",
  "by" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "FindingDismissal_pkey" PRIMARY KEY ("sampleId","kind")
);

CREATE TABLE "FindingReport" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "state" TEXT COLLATE "C" NOT NULL,
  "done" INTEGER NOT NULL,
  "total" INTEGER NOT NULL,
  "images" INTEGER NOT NULL,
  "unknownJson" TEXT COLLATE "C" NOT NULL,
  "error" TEXT COLLATE "C",
  "requestedAt" TIMESTAMP(3) NOT NULL,
  "computedAt" TIMESTAMP(3),
  CONSTRAINT "FindingReport_pkey" PRIMARY KEY ("classifierId")
);

CREATE TABLE "LearningCurve" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "basis" TEXT COLLATE "C" NOT NULL,
  "curvesJson" TEXT COLLATE "C",
  "computedAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "LearningCurve_pkey" PRIMARY KEY ("classifierId")
);

CREATE TABLE "ImageMap" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "basis" TEXT COLLATE "C" NOT NULL,
  "method" TEXT COLLATE "C" NOT NULL,
  "computedAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "ImageMap_pkey" PRIMARY KEY ("classifierId")
);

CREATE TABLE "MapPoint" (
  "sampleId" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "x" DOUBLE PRECISION NOT NULL,
  "y" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "MapPoint_pkey" PRIMARY KEY ("sampleId")
);

CREATE TABLE "Sample" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "hash" TEXT COLLATE "C" NOT NULL,
  "label" TEXT COLLATE "C",
  "split" TEXT COLLATE "C",
  "isSplitGiven" BOOLEAN NOT NULL,
  "source" TEXT COLLATE "C" NOT NULL,
  "uploadId" TEXT COLLATE "C",
  "filename" TEXT COLLATE "C",
  "groupId" TEXT COLLATE "C",
  "excludedAt" TIMESTAMP(3),
  "trashedAt" TIMESTAMP(3),
  "trashId" TEXT COLLATE "C",
  "createdAt" TIMESTAMP(3) NOT NULL,
  "labelledAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Sample_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "SamplePrediction" (
  "versionId" TEXT COLLATE "C" NOT NULL,
  "hash" TEXT COLLATE "C" NOT NULL,
  "predictedClass" TEXT COLLATE "C" NOT NULL,
  "confidence" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "SamplePrediction_pkey" PRIMARY KEY ("versionId","hash")
);

CREATE TABLE "SampleChange" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "kind" TEXT COLLATE "C" NOT NULL,
  "by" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  "count" INTEGER NOT NULL,
  "undoesId" TEXT COLLATE "C",
  "undoneById" TEXT COLLATE "C",
  "classEdit" TEXT COLLATE "C",
  "className" TEXT COLLATE "C",
  "classTo" TEXT COLLATE "C",
  "classPosition" INTEGER,
  CONSTRAINT "SampleChange_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "SampleChangeEntry" (
  "changeId" TEXT COLLATE "C" NOT NULL,
  "sampleId" TEXT COLLATE "C" NOT NULL,
  "labelBefore" TEXT COLLATE "C",
  "labelAfter" TEXT COLLATE "C",
  "splitBefore" TEXT COLLATE "C",
  "splitAfter" TEXT COLLATE "C",
  "splitGivenBefore" BOOLEAN NOT NULL,
  "splitGivenAfter" BOOLEAN NOT NULL,
  "excludedBefore" TIMESTAMP(3),
  "excludedAfter" TIMESTAMP(3),
  "trashedBefore" TIMESTAMP(3),
  "trashedAfter" TIMESTAMP(3),
  CONSTRAINT "SampleChangeEntry_pkey" PRIMARY KEY ("changeId","sampleId")
);

CREATE TABLE "TrashEntry" (
  "id" TEXT COLLATE "C" NOT NULL,
  "kind" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "uploadId" TEXT COLLATE "C",
  "versionId" TEXT COLLATE "C",
  "title" TEXT COLLATE "C" NOT NULL,
  "by" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  "until" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "TrashEntry_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "FileFault" (
  "hash" TEXT COLLATE "C" NOT NULL,
  "code" TEXT COLLATE "C" NOT NULL,
  "foundAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "FileFault_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "Upload" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "state" TEXT COLLATE "C" NOT NULL,
  "reportJson" TEXT COLLATE "C" NOT NULL,
  "error" TEXT COLLATE "C",
  "createdAt" TIMESTAMP(3) NOT NULL,
  "ownerPid" INTEGER,
  "ownerId" TEXT COLLATE "C",
  "trashedAt" TIMESTAMP(3),
  "phoneLinkId" TEXT COLLATE "C",
  "isCancelRequested" BOOLEAN NOT NULL DEFAULT false,
  CONSTRAINT "Upload_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Snapshot" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "hash" TEXT COLLATE "C" NOT NULL,
  "train" INTEGER NOT NULL,
  "validation" INTEGER NOT NULL,
  "test" INTEGER NOT NULL,
  "entries" BYTEA NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Snapshot_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Run" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "jobId" TEXT COLLATE "C",
  "snapshotId" TEXT COLLATE "C",
  "state" TEXT COLLATE "C" NOT NULL,
  "recipe" TEXT COLLATE "C" NOT NULL,
  "baseVersionId" TEXT COLLATE "C",
  "versionId" TEXT COLLATE "C",
  "engine" TEXT COLLATE "C",
  "epochs" INTEGER NOT NULL,
  "epoch" INTEGER NOT NULL,
  "step" INTEGER NOT NULL,
  "steps" INTEGER NOT NULL,
  "etaSeconds" DOUBLE PRECISION,
  "memoryMb" DOUBLE PRECISION,
  "stage" TEXT COLLATE "C",
  "stageDone" INTEGER,
  "stageTotal" INTEGER,
  "stageEtaSeconds" DOUBLE PRECISION,
  "message" TEXT COLLATE "C" NOT NULL,
  "imagesJson" TEXT COLLATE "C",
  "pointsJson" TEXT COLLATE "C" NOT NULL,
  "verdictJson" TEXT COLLATE "C",
  "isPromoted" BOOLEAN NOT NULL,
  "canResume" BOOLEAN NOT NULL,
  "error" TEXT COLLATE "C",
  "seed" INTEGER NOT NULL,
  "planJson" TEXT COLLATE "C" NOT NULL,
  "isAutomatic" BOOLEAN NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "startedAt" TIMESTAMP(3),
  "endedAt" TIMESTAMP(3),
  CONSTRAINT "Run_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "RunEvent" (
  "runId" TEXT COLLATE "C" NOT NULL,
  "seq" INTEGER NOT NULL,
  "eventJson" TEXT COLLATE "C" NOT NULL,
  CONSTRAINT "RunEvent_pkey" PRIMARY KEY ("runId","seq")
);

CREATE TABLE "Version" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "number" INTEGER NOT NULL,
  "parent" TEXT COLLATE "C",
  "runId" TEXT COLLATE "C",
  "isShipped" BOOLEAN NOT NULL,
  "recipe" TEXT COLLATE "C" NOT NULL,
  "engine" TEXT COLLATE "C",
  "accuracy" DOUBLE PRECISION,
  "accuracyLow" DOUBLE PRECISION,
  "accuracyHigh" DOUBLE PRECISION,
  "testImages" INTEGER NOT NULL,
  "parameters" INTEGER NOT NULL,
  "sizeBytes" INTEGER NOT NULL,
  "classesJson" TEXT COLLATE "C" NOT NULL,
  "preprocessJson" TEXT COLLATE "C" NOT NULL,
  "cardJson" TEXT COLLATE "C" NOT NULL,
  "robustnessJson" TEXT COLLATE "C",
  "verdictJson" TEXT COLLATE "C",
  "createdAt" TIMESTAMP(3) NOT NULL,
  "promotedAt" TIMESTAMP(3),
  "trashedAt" TIMESTAMP(3),
  CONSTRAINT "Version_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "VersionFault" (
  "versionId" TEXT COLLATE "C" NOT NULL,
  "reason" TEXT COLLATE "C" NOT NULL,
  "foundAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "VersionFault_pkey" PRIMARY KEY ("versionId")
);

CREATE TABLE "Promotion" (
  "id" SERIAL NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "versionId" TEXT COLLATE "C" NOT NULL,
  "previousId" TEXT COLLATE "C",
  "kind" TEXT COLLATE "C" NOT NULL,
  "by" TEXT COLLATE "C" NOT NULL,
  "reason" TEXT COLLATE "C",
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Promotion_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Comparison" (
  "championId" TEXT COLLATE "C" NOT NULL,
  "challengerId" TEXT COLLATE "C" NOT NULL,
  "comparisonJson" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Comparison_pkey" PRIMARY KEY ("championId","challengerId")
);

CREATE TABLE "Prediction" (
  "id" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "versionId" TEXT COLLATE "C",
  "version" TEXT COLLATE "C" NOT NULL,
  "engine" TEXT COLLATE "C" NOT NULL,
  "predictedClass" TEXT COLLATE "C" NOT NULL,
  "predictedIndex" INTEGER NOT NULL,
  "confidence" DOUBLE PRECISION NOT NULL,
  "probabilitiesJson" TEXT COLLATE "C" NOT NULL,
  "decision" TEXT COLLATE "C",
  "candidatesJson" TEXT COLLATE "C",
  "familiarity" DOUBLE PRECISION,
  "filename" TEXT COLLATE "C",
  "width" INTEGER NOT NULL,
  "height" INTEGER NOT NULL,
  "pictureHash" TEXT COLLATE "C",
  "decodeMs" DOUBLE PRECISION NOT NULL,
  "queueMs" DOUBLE PRECISION NOT NULL,
  "inferenceMs" DOUBLE PRECISION NOT NULL,
  "totalMs" DOUBLE PRECISION NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "isAnonymous" BOOLEAN NOT NULL,
  CONSTRAINT "Prediction_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Feedback" (
  "predictionId" TEXT COLLATE "C" NOT NULL,
  "isCorrect" BOOLEAN NOT NULL,
  "label" TEXT COLLATE "C",
  "sampleId" TEXT COLLATE "C",
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Feedback_pkey" PRIMARY KEY ("predictionId")
);

CREATE TABLE "ClassCount" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "predictedClass" TEXT COLLATE "C" NOT NULL,
  "count" INTEGER NOT NULL,
  "confidenceSum" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "ClassCount_pkey" PRIMARY KEY ("classifierId","predictedClass")
);

CREATE TABLE "DayCount" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "day" INTEGER NOT NULL,
  "bin" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  "confidenceSum" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "DayCount_pkey" PRIMARY KEY ("classifierId","day","bin")
);

CREATE TABLE "StorageSum" (
  "name" TEXT COLLATE "C" NOT NULL,
  "images" INTEGER NOT NULL,
  "bytes" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "StorageSum_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "FeedbackCount" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "isCorrect" BOOLEAN NOT NULL,
  "count" INTEGER NOT NULL,
  CONSTRAINT "FeedbackCount_pkey" PRIMARY KEY ("classifierId","isCorrect")
);

CREATE TABLE "SampleCount" (
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "label" TEXT COLLATE "C" NOT NULL,
  "split" TEXT COLLATE "C" NOT NULL,
  "source" TEXT COLLATE "C" NOT NULL,
  "isExcluded" BOOLEAN NOT NULL,
  "count" INTEGER NOT NULL,
  CONSTRAINT "SampleCount_pkey" PRIMARY KEY ("classifierId","label","split","source","isExcluded")
);

CREATE TABLE "Job" (
  "id" TEXT COLLATE "C" NOT NULL,
  "kind" TEXT COLLATE "C" NOT NULL,
  "payloadJson" TEXT COLLATE "C" NOT NULL,
  "state" TEXT COLLATE "C" NOT NULL,
  "attempt" INTEGER NOT NULL,
  "worker" TEXT COLLATE "C",
  "leaseUntil" TIMESTAMP(3),
  "notBefore" TIMESTAMP(3) NOT NULL,
  "isCancelRequested" BOOLEAN NOT NULL,
  "resultJson" TEXT COLLATE "C",
  "errorCode" TEXT COLLATE "C",
  "errorMessage" TEXT COLLATE "C",
  "createdAt" TIMESTAMP(3) NOT NULL,
  "endedAt" TIMESTAMP(3),
  CONSTRAINT "Job_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "PredictionJob" (
  "id" TEXT COLLATE "C" NOT NULL,
  "jobId" TEXT COLLATE "C",
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "versionId" TEXT COLLATE "C",
  "version" TEXT COLLATE "C" NOT NULL,
  "engine" TEXT COLLATE "C",
  "precision" TEXT COLLATE "C",
  "topK" INTEGER NOT NULL,
  "filename" TEXT COLLATE "C",
  "ownerKind" TEXT COLLATE "C" NOT NULL,
  "ownerId" TEXT COLLATE "C",
  "ownerName" TEXT COLLATE "C",
  "total" INTEGER NOT NULL,
  "done" INTEGER NOT NULL,
  "failed" INTEGER NOT NULL,
  "countsJson" TEXT COLLATE "C" NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "startedAt" TIMESTAMP(3),
  CONSTRAINT "PredictionJob_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "PredictionJobRow" (
  "predictionJobId" TEXT COLLATE "C" NOT NULL,
  "position" INTEGER NOT NULL,
  "filename" TEXT COLLATE "C" NOT NULL,
  "code" TEXT COLLATE "C",
  "error" TEXT COLLATE "C",
  "resultJson" TEXT COLLATE "C",
  CONSTRAINT "PredictionJobRow_pkey" PRIMARY KEY ("predictionJobId","position")
);

CREATE TABLE "WebProcess" (
  "id" TEXT COLLATE "C" NOT NULL,
  "pid" INTEGER NOT NULL,
  "lastSeen" TIMESTAMP(3) NOT NULL,
  "acknowledged" INTEGER NOT NULL,
  CONSTRAINT "WebProcess_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Host" (
  "id" TEXT COLLATE "C" NOT NULL,
  "name" TEXT COLLATE "C" NOT NULL,
  "role" TEXT COLLATE "C" NOT NULL,
  "version" TEXT COLLATE "C" NOT NULL,
  "startedAt" TIMESTAMP(3) NOT NULL,
  "lastSeen" TIMESTAMP(3) NOT NULL,
  "processesJson" TEXT COLLATE "C" NOT NULL,
  CONSTRAINT "Host_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Lease" (
  "name" TEXT COLLATE "C" NOT NULL,
  "holder" TEXT COLLATE "C" NOT NULL,
  "until" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "Person" (
  "id" TEXT COLLATE "C" NOT NULL,
  "name" TEXT COLLATE "C" NOT NULL,
  "email" TEXT COLLATE "C" NOT NULL,
  "role" TEXT COLLATE "C" NOT NULL,
  "passwordHash" TEXT COLLATE "C" NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "isDisabled" BOOLEAN NOT NULL,
  "sessionsFrom" TIMESTAMP(3) NOT NULL,
  "keptSession" TEXT COLLATE "C",
  "oidcSubject" TEXT COLLATE "C",
  CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "NoticeRead" (
  "personId" TEXT COLLATE "C" NOT NULL,
  "readAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "NoticeRead_pkey" PRIMARY KEY ("personId")
);

CREATE TABLE "ApiKey" (
  "id" TEXT COLLATE "C" NOT NULL,
  "name" TEXT COLLATE "C" NOT NULL,
  "hash" TEXT COLLATE "C" NOT NULL,
  "beginsWith" TEXT COLLATE "C" NOT NULL,
  "scopesJson" TEXT COLLATE "C" NOT NULL,
  "createdById" TEXT COLLATE "C",
  "createdAt" TIMESTAMP(3) NOT NULL,
  "lastUsedAt" TIMESTAMP(3),
  "expiresAt" TIMESTAMP(3),
  "classifierId" TEXT COLLATE "C",
  CONSTRAINT "ApiKey_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "PhoneLink" (
  "id" TEXT COLLATE "C" NOT NULL,
  "hash" TEXT COLLATE "C" NOT NULL,
  "classifierId" TEXT COLLATE "C" NOT NULL,
  "label" TEXT COLLATE "C",
  "mayPredict" BOOLEAN NOT NULL,
  "createdById" TEXT COLLATE "C",
  "createdBy" TEXT COLLATE "C" NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "expiresAt" TIMESTAMP(3) NOT NULL,
  "endedAt" TIMESTAMP(3),
  "images" INTEGER NOT NULL,
  "bytes" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "PhoneLink_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EndedSession" (
  "id" TEXT COLLATE "C" NOT NULL,
  "until" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "EndedSession_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "KeptSetting" (
  "name" TEXT COLLATE "C" NOT NULL,
  "valueJson" TEXT COLLATE "C" NOT NULL,
  "changedAt" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "KeptSetting_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "Change" (
  "id" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  "by" TEXT COLLATE "C" NOT NULL,
  "action" TEXT COLLATE "C" NOT NULL,
  "subject" TEXT COLLATE "C",
  "byId" TEXT COLLATE "C",
  "subjectId" TEXT COLLATE "C",
  "classifierId" TEXT COLLATE "C",
  "detail" TEXT COLLATE "C",
  CONSTRAINT "Change_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "CountedElsewhere" (
  "id" SERIAL NOT NULL,
  "source" TEXT COLLATE "C" NOT NULL,
  "countsJson" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "CountedElsewhere_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "OneTimeToken" (
  "hash" TEXT COLLATE "C" NOT NULL,
  "purpose" TEXT COLLATE "C" NOT NULL,
  "createdAt" TIMESTAMP(3) NOT NULL,
  "expiresAt" TIMESTAMP(3),
  "personId" TEXT COLLATE "C",
  CONSTRAINT "OneTimeToken_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "TestOpening" (
  "listHash" TEXT COLLATE "C" NOT NULL,
  "count" INTEGER NOT NULL,
  CONSTRAINT "TestOpening_pkey" PRIMARY KEY ("listHash")
);
CREATE INDEX "ClassRename_classifierId_id_idx" ON "ClassRename"("classifierId", "id");
CREATE INDEX "Picture_isAnonymous_usedAt_idx" ON "Picture"("isAnonymous", "usedAt");
CREATE INDEX "Finding_classifierId_kind_idx" ON "Finding"("classifierId", "kind");
CREATE INDEX "FindingSample_sampleId_idx" ON "FindingSample"("sampleId");
CREATE INDEX "MapPoint_classifierId_x_idx" ON "MapPoint"("classifierId", "x");
CREATE INDEX "Sample_classifierId_trashedAt_id_idx" ON "Sample"("classifierId", "trashedAt", "id");
CREATE INDEX "Sample_classifierId_trashedAt_filename_id_idx" ON "Sample"("classifierId", "trashedAt", "filename", "id");
CREATE INDEX "Sample_classifierId_label_id_idx" ON "Sample"("classifierId", "label", "id");
CREATE INDEX "Sample_classifierId_source_labelledAt_split_excludedAt_tras_idx"
  ON "Sample"("classifierId", "source", "labelledAt", "split", "excludedAt", "trashedAt", "uploadId");
CREATE INDEX "Sample_classifierId_groupId_idx" ON "Sample"("classifierId", "groupId");
CREATE INDEX "Sample_uploadId_idx" ON "Sample"("uploadId");
CREATE INDEX "Sample_hash_idx" ON "Sample"("hash");
CREATE INDEX "Sample_trashId_idx" ON "Sample"("trashId");
CREATE UNIQUE INDEX "Sample_classifierId_hash_key" ON "Sample"("classifierId", "hash");
CREATE INDEX "SamplePrediction_versionId_confidence_hash_idx" ON "SamplePrediction"("versionId", "confidence", "hash");
CREATE INDEX "SamplePrediction_versionId_predictedClass_hash_idx"
  ON "SamplePrediction"("versionId", "predictedClass", "hash");
CREATE INDEX "SamplePrediction_hash_idx" ON "SamplePrediction"("hash");
CREATE INDEX "SampleChange_classifierId_id_idx" ON "SampleChange"("classifierId", "id");
CREATE INDEX "SampleChangeEntry_sampleId_idx" ON "SampleChangeEntry"("sampleId");
CREATE INDEX "TrashEntry_classifierId_id_idx" ON "TrashEntry"("classifierId", "id");
CREATE INDEX "TrashEntry_uploadId_idx" ON "TrashEntry"("uploadId");
CREATE INDEX "TrashEntry_versionId_idx" ON "TrashEntry"("versionId");
CREATE INDEX "TrashEntry_until_idx" ON "TrashEntry"("until");
CREATE INDEX "Upload_classifierId_id_idx" ON "Upload"("classifierId", "id");
CREATE INDEX "Upload_phoneLinkId_idx" ON "Upload"("phoneLinkId");
CREATE UNIQUE INDEX "Snapshot_classifierId_hash_key" ON "Snapshot"("classifierId", "hash");
CREATE INDEX "Run_classifierId_id_idx" ON "Run"("classifierId", "id");
CREATE INDEX "Run_state_idx" ON "Run"("state");
CREATE INDEX "Run_jobId_idx" ON "Run"("jobId");
CREATE INDEX "Run_snapshotId_idx" ON "Run"("snapshotId");
CREATE INDEX "Run_baseVersionId_idx" ON "Run"("baseVersionId");
CREATE INDEX "Run_versionId_idx" ON "Run"("versionId");
CREATE UNIQUE INDEX "Version_classifierId_number_key" ON "Version"("classifierId", "number");
CREATE INDEX "Promotion_classifierId_id_idx" ON "Promotion"("classifierId", "id");
CREATE INDEX "Promotion_versionId_idx" ON "Promotion"("versionId");
CREATE INDEX "Promotion_previousId_idx" ON "Promotion"("previousId");
CREATE INDEX "Comparison_challengerId_idx" ON "Comparison"("challengerId");
CREATE INDEX "Prediction_classifierId_id_idx" ON "Prediction"("classifierId", "id");
CREATE INDEX "Prediction_classifierId_createdAt_totalMs_idx" ON "Prediction"("classifierId", "createdAt", "totalMs");
CREATE INDEX "Prediction_createdAt_totalMs_idx" ON "Prediction"("createdAt", "totalMs");
CREATE INDEX "Prediction_versionId_idx" ON "Prediction"("versionId");
CREATE INDEX "Prediction_pictureHash_idx" ON "Prediction"("pictureHash");
CREATE INDEX "Feedback_sampleId_idx" ON "Feedback"("sampleId");
CREATE INDEX "Job_state_notBefore_idx" ON "Job"("state", "notBefore");
CREATE INDEX "PredictionJob_jobId_idx" ON "PredictionJob"("jobId");
CREATE INDEX "PredictionJob_classifierId_idx" ON "PredictionJob"("classifierId");
CREATE INDEX "PredictionJob_versionId_idx" ON "PredictionJob"("versionId");
CREATE INDEX "PredictionJob_ownerKind_ownerId_id_idx" ON "PredictionJob"("ownerKind", "ownerId", "id");
CREATE UNIQUE INDEX "Person_email_key" ON "Person"("email");
CREATE UNIQUE INDEX "Person_oidcSubject_key" ON "Person"("oidcSubject");
CREATE UNIQUE INDEX "ApiKey_hash_key" ON "ApiKey"("hash");
CREATE INDEX "ApiKey_createdById_idx" ON "ApiKey"("createdById");
CREATE INDEX "ApiKey_classifierId_idx" ON "ApiKey"("classifierId");
CREATE UNIQUE INDEX "PhoneLink_hash_key" ON "PhoneLink"("hash");
CREATE INDEX "PhoneLink_classifierId_id_idx" ON "PhoneLink"("classifierId", "id");
CREATE INDEX "PhoneLink_createdById_idx" ON "PhoneLink"("createdById");
CREATE INDEX "EndedSession_until_idx" ON "EndedSession"("until");
CREATE INDEX "Change_byId_id_idx" ON "Change"("byId", "id");
CREATE INDEX "Change_action_id_idx" ON "Change"("action", "id");
CREATE INDEX "Change_classifierId_id_idx" ON "Change"("classifierId", "id");
CREATE INDEX "CountedElsewhere_at_idx" ON "CountedElsewhere"("at");
CREATE INDEX "OneTimeToken_personId_idx" ON "OneTimeToken"("personId");
ALTER TABLE "Class" ADD CONSTRAINT "Class_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ClassRename" ADD CONSTRAINT "ClassRename_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Fingerprint" ADD CONSTRAINT "Fingerprint_hash_fkey"
  FOREIGN KEY ("hash") REFERENCES "Picture"("hash") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ImageFigures" ADD CONSTRAINT "ImageFigures_hash_fkey"
  FOREIGN KEY ("hash") REFERENCES "Picture"("hash") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Finding" ADD CONSTRAINT "Finding_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FindingSample" ADD CONSTRAINT "FindingSample_findingId_fkey"
  FOREIGN KEY ("findingId") REFERENCES "Finding"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FindingSample" ADD CONSTRAINT "FindingSample_sampleId_fkey"
  FOREIGN KEY ("sampleId") REFERENCES "Sample"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FindingDismissal" ADD CONSTRAINT "FindingDismissal_sampleId_fkey"
  FOREIGN KEY ("sampleId") REFERENCES "Sample"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FindingReport" ADD CONSTRAINT "FindingReport_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "LearningCurve" ADD CONSTRAINT "LearningCurve_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ImageMap" ADD CONSTRAINT "ImageMap_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MapPoint" ADD CONSTRAINT "MapPoint_sampleId_fkey"
  FOREIGN KEY ("sampleId") REFERENCES "Sample"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Sample" ADD CONSTRAINT "Sample_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Sample" ADD CONSTRAINT "Sample_hash_fkey"
  FOREIGN KEY ("hash") REFERENCES "Picture"("hash") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Sample" ADD CONSTRAINT "Sample_uploadId_fkey"
  FOREIGN KEY ("uploadId") REFERENCES "Upload"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Sample" ADD CONSTRAINT "Sample_trashId_fkey"
  FOREIGN KEY ("trashId") REFERENCES "TrashEntry"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "SamplePrediction" ADD CONSTRAINT "SamplePrediction_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SamplePrediction" ADD CONSTRAINT "SamplePrediction_hash_fkey"
  FOREIGN KEY ("hash") REFERENCES "Picture"("hash") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SampleChange" ADD CONSTRAINT "SampleChange_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SampleChangeEntry" ADD CONSTRAINT "SampleChangeEntry_changeId_fkey"
  FOREIGN KEY ("changeId") REFERENCES "SampleChange"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SampleChangeEntry" ADD CONSTRAINT "SampleChangeEntry_sampleId_fkey"
  FOREIGN KEY ("sampleId") REFERENCES "Sample"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TrashEntry" ADD CONSTRAINT "TrashEntry_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TrashEntry" ADD CONSTRAINT "TrashEntry_uploadId_fkey"
  FOREIGN KEY ("uploadId") REFERENCES "Upload"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TrashEntry" ADD CONSTRAINT "TrashEntry_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FileFault" ADD CONSTRAINT "FileFault_hash_fkey"
  FOREIGN KEY ("hash") REFERENCES "Picture"("hash") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_phoneLinkId_fkey"
  FOREIGN KEY ("phoneLinkId") REFERENCES "PhoneLink"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Snapshot" ADD CONSTRAINT "Snapshot_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Run" ADD CONSTRAINT "Run_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Run" ADD CONSTRAINT "Run_jobId_fkey"
  FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Run" ADD CONSTRAINT "Run_snapshotId_fkey"
  FOREIGN KEY ("snapshotId") REFERENCES "Snapshot"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Run" ADD CONSTRAINT "Run_baseVersionId_fkey"
  FOREIGN KEY ("baseVersionId") REFERENCES "Version"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Run" ADD CONSTRAINT "Run_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "RunEvent" ADD CONSTRAINT "RunEvent_runId_fkey"
  FOREIGN KEY ("runId") REFERENCES "Run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Version" ADD CONSTRAINT "Version_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "VersionFault" ADD CONSTRAINT "VersionFault_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Promotion" ADD CONSTRAINT "Promotion_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Promotion" ADD CONSTRAINT "Promotion_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Promotion" ADD CONSTRAINT "Promotion_previousId_fkey"
  FOREIGN KEY ("previousId") REFERENCES "Version"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Comparison" ADD CONSTRAINT "Comparison_championId_fkey"
  FOREIGN KEY ("championId") REFERENCES "Version"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Comparison" ADD CONSTRAINT "Comparison_challengerId_fkey"
  FOREIGN KEY ("challengerId") REFERENCES "Version"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Prediction" ADD CONSTRAINT "Prediction_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Prediction" ADD CONSTRAINT "Prediction_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Prediction" ADD CONSTRAINT "Prediction_pictureHash_fkey"
  FOREIGN KEY ("pictureHash") REFERENCES "Picture"("hash") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Feedback" ADD CONSTRAINT "Feedback_predictionId_fkey"
  FOREIGN KEY ("predictionId") REFERENCES "Prediction"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Feedback" ADD CONSTRAINT "Feedback_sampleId_fkey"
  FOREIGN KEY ("sampleId") REFERENCES "Sample"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ClassCount" ADD CONSTRAINT "ClassCount_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "DayCount" ADD CONSTRAINT "DayCount_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "FeedbackCount" ADD CONSTRAINT "FeedbackCount_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "SampleCount" ADD CONSTRAINT "SampleCount_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PredictionJob" ADD CONSTRAINT "PredictionJob_jobId_fkey"
  FOREIGN KEY ("jobId") REFERENCES "Job"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "PredictionJob" ADD CONSTRAINT "PredictionJob_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PredictionJob" ADD CONSTRAINT "PredictionJob_versionId_fkey"
  FOREIGN KEY ("versionId") REFERENCES "Version"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "PredictionJobRow" ADD CONSTRAINT "PredictionJobRow_predictionJobId_fkey"
  FOREIGN KEY ("predictionJobId") REFERENCES "PredictionJob"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "NoticeRead" ADD CONSTRAINT "NoticeRead_personId_fkey"
  FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_createdById_fkey"
  FOREIGN KEY ("createdById") REFERENCES "Person"("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "ApiKey" ADD CONSTRAINT "ApiKey_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PhoneLink" ADD CONSTRAINT "PhoneLink_classifierId_fkey"
  FOREIGN KEY ("classifierId") REFERENCES "Classifier"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PhoneLink" ADD CONSTRAINT "PhoneLink_createdById_fkey"
  FOREIGN KEY ("createdById") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "OneTimeToken" ADD CONSTRAINT "OneTimeToken_personId_fkey"
  FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- A sample without a label has no split; correct feedback has a label.
ALTER TABLE "Sample" ADD CONSTRAINT "Sample_split_needs_label" CHECK ("split" IS NULL OR "label" IS NOT NULL);
ALTER TABLE "Feedback" ADD CONSTRAINT "Feedback_correct_has_label" CHECK (NOT "isCorrect" OR "label" IS NOT NULL);

-- Processes read "what is after the id that I have read". A sequence gives ids in the order of the inserts, which is
-- not that of the commits: a reader would miss the lower id that is committed later. So each insert waits for the
-- transaction that inserted before it, and then takes its id.
CREATE FUNCTION "insert_in_order_of_commits"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(TG_RELID::bigint);
  RETURN NULL;
END $$;
CREATE TRIGGER "Promotion_order" BEFORE INSERT ON "Promotion"
  FOR EACH STATEMENT EXECUTE FUNCTION "insert_in_order_of_commits"();
CREATE TRIGGER "ClassRename_order" BEFORE INSERT ON "ClassRename"
  FOR EACH STATEMENT EXECUTE FUNCTION "insert_in_order_of_commits"();
CREATE TRIGGER "CountedElsewhere_order" BEFORE INSERT ON "CountedElsewhere"
  FOR EACH STATEMENT EXECUTE FUNCTION "insert_in_order_of_commits"();

-- Sums of feedback, samples and the images of anonymous predictions, as the triggers of SQLite keep them, but once for
-- each statement: PostgreSQL keeps each state of a row until the transaction ends, so 20,000 changes of one row in one
-- transaction would take time that grows with their square. Rows are changed in the order of their keys, so that two
-- transactions do not wait for each other. What is removed never adds a row: when a classifier is deleted, its sums
-- may be deleted before its samples.

CREATE FUNCTION "count_feedback_given"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "FeedbackCount" AS c ("classifierId", "isCorrect", "count")
    SELECT p."classifierId", a."isCorrect", COUNT(*) FROM added a JOIN "Prediction" p ON p."id" = a."predictionId"
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT ("classifierId", "isCorrect") DO UPDATE SET "count" = c."count" + EXCLUDED."count";
  RETURN NULL;
END $$;
CREATE TRIGGER "Feedback_given" AFTER INSERT ON "Feedback" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION "count_feedback_given"();

CREATE FUNCTION "count_feedback_taken_back"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM "FeedbackCount" WHERE "classifierId" IN (
    SELECT p."classifierId" FROM removed r JOIN "Prediction" p ON p."id" = r."predictionId"
  ) ORDER BY "classifierId", "isCorrect" FOR UPDATE;
  UPDATE "FeedbackCount" c SET "count" = c."count" - d."rows" FROM (
    SELECT p."classifierId", r."isCorrect", COUNT(*) AS "rows"
    FROM removed r JOIN "Prediction" p ON p."id" = r."predictionId" GROUP BY 1, 2
  ) d WHERE c."classifierId" = d."classifierId" AND c."isCorrect" = d."isCorrect";
  RETURN NULL;
END $$;
CREATE TRIGGER "Feedback_taken_back" AFTER DELETE ON "Feedback" REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION "count_feedback_taken_back"();

-- "delta": rows that a statement added (positive) or removed (negative) for each key of "SampleCount".
CREATE TYPE "SampleDelta" AS (
  "classifierId" TEXT COLLATE "C",
  "label" TEXT COLLATE "C",
  "split" TEXT COLLATE "C",
  "source" TEXT COLLATE "C",
  "isExcluded" BOOLEAN,
  "rows" BIGINT
);
CREATE FUNCTION "count_samples"(deltas "SampleDelta"[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  d "SampleDelta";
BEGIN
  FOR d IN SELECT * FROM unnest(deltas) ORDER BY 1, 2, 3, 4, 5 LOOP
    IF d."rows" > 0 THEN
      INSERT INTO "SampleCount" AS c
        VALUES (d."classifierId", d."label", d."split", d."source", d."isExcluded", d."rows")
        ON CONFLICT ("classifierId", "label", "split", "source", "isExcluded")
        DO UPDATE SET "count" = c."count" + EXCLUDED."count";
    ELSE
      UPDATE "SampleCount" SET "count" = "count" + d."rows"
        WHERE "classifierId" = d."classifierId" AND "label" = d."label"
        AND "split" = d."split" AND "source" = d."source" AND "isExcluded" = d."isExcluded";
    END IF;
  END LOOP;
END $$;

CREATE FUNCTION "count_samples_added"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "count_samples"(ARRAY(
    SELECT ROW(
      "classifierId", COALESCE("label", ''), COALESCE("split", ''), "source", "excludedAt" IS NOT NULL, COUNT(*)
    )::"SampleDelta"
    FROM added WHERE "trashedAt" IS NULL
    GROUP BY "classifierId", COALESCE("label", ''), COALESCE("split", ''), "source", "excludedAt" IS NOT NULL
  ));
  RETURN NULL;
END $$;
CREATE TRIGGER "Sample_added" AFTER INSERT ON "Sample" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION "count_samples_added"();

CREATE FUNCTION "count_samples_removed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "count_samples"(ARRAY(
    SELECT ROW(
      "classifierId", COALESCE("label", ''), COALESCE("split", ''), "source", "excludedAt" IS NOT NULL, -COUNT(*)
    )::"SampleDelta"
    FROM removed WHERE "trashedAt" IS NULL
    GROUP BY "classifierId", COALESCE("label", ''), COALESCE("split", ''), "source", "excludedAt" IS NOT NULL
  ));
  RETURN NULL;
END $$;
CREATE TRIGGER "Sample_removed" AFTER DELETE ON "Sample" REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION "count_samples_removed"();

CREATE FUNCTION "count_samples_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "count_samples"(ARRAY(
    SELECT ROW(
      s."classifierId", s."label", s."split", s."source", s."isExcluded", SUM(s."one")
    )::"SampleDelta" FROM (
      SELECT "classifierId", COALESCE("label", '') AS "label", COALESCE("split", '') AS "split", "source",
        "excludedAt" IS NOT NULL AS "isExcluded", 1 AS "one"
        FROM added WHERE "trashedAt" IS NULL
      UNION ALL
      SELECT "classifierId", COALESCE("label", ''), COALESCE("split", ''), "source", "excludedAt" IS NOT NULL, -1
        FROM removed WHERE "trashedAt" IS NULL
    ) s GROUP BY s."classifierId", s."label", s."split", s."source", s."isExcluded" HAVING SUM(s."one") <> 0
  ));
  RETURN NULL;
END $$;
CREATE TRIGGER "Sample_changed" AFTER UPDATE ON "Sample" REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION "count_samples_changed"();

INSERT INTO "StorageSum" VALUES ('anonymous', 0, 0);

CREATE FUNCTION "sum_anonymous_images"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  more_images BIGINT := 0;
  more_bytes DOUBLE PRECISION := 0;
BEGIN
  IF TG_OP = 'INSERT' THEN
    SELECT COUNT(*), COALESCE(SUM("sizeBytes"), 0) INTO more_images, more_bytes FROM added WHERE "isAnonymous";
  ELSIF TG_OP = 'DELETE' THEN
    SELECT -COUNT(*), -COALESCE(SUM("sizeBytes"), 0) INTO more_images, more_bytes FROM removed WHERE "isAnonymous";
  ELSE
    SELECT SUM(s."one"), SUM(s."one" * s."sizeBytes") INTO more_images, more_bytes FROM (
      SELECT 1 AS "one", "sizeBytes" FROM added WHERE "isAnonymous"
      UNION ALL SELECT -1, "sizeBytes" FROM removed WHERE "isAnonymous"
    ) s;
  END IF;
  IF more_images <> 0 OR more_bytes <> 0 THEN
    UPDATE "StorageSum" SET "images" = "images" + more_images, "bytes" = "bytes" + more_bytes
      WHERE "name" = 'anonymous';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "Picture_anonymous_added" AFTER INSERT ON "Picture" REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION "sum_anonymous_images"();
CREATE TRIGGER "Picture_anonymous_removed" AFTER DELETE ON "Picture" REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION "sum_anonymous_images"();
CREATE TRIGGER "Picture_anonymous_changed" AFTER UPDATE ON "Picture" REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION "sum_anonymous_images"();
