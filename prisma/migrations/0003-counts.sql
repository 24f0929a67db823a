-- Sums of predictions, samples and feedback, kept with each change, so that nothing that is looked at often counts all rows.
-- Predictions are added by their group commit (lib/data/prediction-counts.ts), one sum a batch; samples and feedback, which change one by one
-- and in many places, by triggers. A migration that rebuilds "Sample" or "Feedback" must make their triggers again.

CREATE TABLE "ClassCount" (
  "classifierId" TEXT NOT NULL,
  "predictedClass" TEXT NOT NULL,
  "count" INTEGER NOT NULL,
  "confidenceSum" REAL NOT NULL,
  PRIMARY KEY ("classifierId", "predictedClass"),
  CONSTRAINT "ClassCount_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "DayCount" (
  "classifierId" TEXT NOT NULL,
  "day" INTEGER NOT NULL,
  "bin" INTEGER NOT NULL,
  "count" INTEGER NOT NULL,
  "confidenceSum" REAL NOT NULL,
  PRIMARY KEY ("classifierId", "day", "bin"),
  CONSTRAINT "DayCount_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "FeedbackCount" (
  "classifierId" TEXT NOT NULL,
  "isCorrect" BOOLEAN NOT NULL,
  "count" INTEGER NOT NULL,
  PRIMARY KEY ("classifierId", "isCorrect"),
  CONSTRAINT "FeedbackCount_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE "SampleCount" (
  "classifierId" TEXT NOT NULL,
  "label" TEXT NOT NULL,
  "split" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "isExcluded" BOOLEAN NOT NULL,
  "count" INTEGER NOT NULL,
  PRIMARY KEY ("classifierId", "label", "split", "source", "isExcluded"),
  CONSTRAINT "SampleCount_classifierId_fkey" FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

INSERT INTO "ClassCount" SELECT "classifierId", "predictedClass", COUNT(*), SUM("confidence") FROM "Prediction" GROUP BY 1, 2;
INSERT INTO "DayCount" SELECT "classifierId", "createdAt" / 86400000, MIN(CAST("confidence" * 20 AS INTEGER), 19), COUNT(*), SUM("confidence") FROM "Prediction" GROUP BY 1, 2, 3;
INSERT INTO "FeedbackCount" SELECT p."classifierId", f."isCorrect", COUNT(*) FROM "Feedback" f JOIN "Prediction" p ON p."id" = f."predictionId" GROUP BY 1, 2;
INSERT INTO "SampleCount" SELECT "classifierId", "label", "split", "source", "isExcluded", COUNT(*) FROM "Sample" GROUP BY 1, 2, 3, 4, 5;

CREATE TRIGGER "Feedback_given" AFTER INSERT ON "Feedback" BEGIN
  INSERT INTO "FeedbackCount" SELECT "classifierId", NEW."isCorrect", 1 FROM "Prediction" WHERE "id" = NEW."predictionId"
    ON CONFLICT DO UPDATE SET "count" = "count" + 1;
END;
CREATE TRIGGER "Feedback_taken_back" AFTER DELETE ON "Feedback" BEGIN
  UPDATE "FeedbackCount" SET "count" = "count" - 1
    WHERE "classifierId" = (SELECT "classifierId" FROM "Prediction" WHERE "id" = OLD."predictionId") AND "isCorrect" = OLD."isCorrect";
END;

CREATE TRIGGER "Sample_added" AFTER INSERT ON "Sample" BEGIN
  INSERT INTO "SampleCount" VALUES (NEW."classifierId", NEW."label", NEW."split", NEW."source", NEW."isExcluded", 1)
    ON CONFLICT DO UPDATE SET "count" = "count" + 1;
END;
CREATE TRIGGER "Sample_removed" AFTER DELETE ON "Sample" BEGIN
  UPDATE "SampleCount" SET "count" = "count" - 1
    WHERE "classifierId" = OLD."classifierId" AND "label" = OLD."label" AND "split" = OLD."split" AND "source" = OLD."source" AND "isExcluded" = OLD."isExcluded";
END;
CREATE TRIGGER "Sample_changed" AFTER UPDATE OF "label", "split", "source", "isExcluded" ON "Sample" BEGIN
  UPDATE "SampleCount" SET "count" = "count" - 1
    WHERE "classifierId" = OLD."classifierId" AND "label" = OLD."label" AND "split" = OLD."split" AND "source" = OLD."source" AND "isExcluded" = OLD."isExcluded";
  INSERT INTO "SampleCount" VALUES (NEW."classifierId", NEW."label", NEW."split", NEW."source", NEW."isExcluded", 1)
    ON CONFLICT DO UPDATE SET "count" = "count" + 1;
END;

-- The newest answers' times, of one classifier and of all; classes and confidence are in the sums.
DROP INDEX "Prediction_classifierId_createdAt_predictedClass_confidence_totalMs_idx";
CREATE INDEX "Prediction_classifierId_createdAt_totalMs_idx" ON "Prediction" ("classifierId", "createdAt", "totalMs");
CREATE INDEX "Prediction_createdAt_totalMs_idx" ON "Prediction" ("createdAt", "totalMs");
-- All that "unseen" is asked about.
DROP INDEX "Sample_classifierId_labelledAt_idx";
CREATE INDEX "Sample_classifierId_source_labelledAt_isExcluded_uploadId_idx" ON "Sample" ("classifierId", "source", "labelledAt", "isExcluded", "uploadId");
