-- Feedback may say that none of the classes is correct: its label may be missing. "Feedback" is made again, so its triggers and index are, too.

CREATE TABLE "Feedback_without_class" (
  "predictionId" TEXT NOT NULL PRIMARY KEY,
  "isCorrect" BOOLEAN NOT NULL,
  "label" TEXT,
  "sampleId" TEXT,
  "at" DATETIME NOT NULL,
  CONSTRAINT "Feedback_predictionId_fkey" FOREIGN KEY ("predictionId") REFERENCES "Prediction" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "Feedback_sampleId_fkey" FOREIGN KEY ("sampleId") REFERENCES "Sample" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
  CONSTRAINT "Feedback_correct_has_label" CHECK (NOT "isCorrect" OR "label" IS NOT NULL)
);
INSERT INTO "Feedback_without_class" ("predictionId", "isCorrect", "label", "sampleId", "at")
  SELECT "predictionId", "isCorrect", "label", "sampleId", "at" FROM "Feedback";
DROP TABLE "Feedback";
ALTER TABLE "Feedback_without_class" RENAME TO "Feedback";
CREATE INDEX "Feedback_sampleId_idx" ON "Feedback" ("sampleId");

CREATE TRIGGER "Feedback_given" AFTER INSERT ON "Feedback" BEGIN
  INSERT INTO "FeedbackCount" SELECT "classifierId", NEW."isCorrect", 1 FROM "Prediction" WHERE "id" = NEW."predictionId"
    ON CONFLICT DO UPDATE SET "count" = "count" + 1;
END;
CREATE TRIGGER "Feedback_taken_back" AFTER DELETE ON "Feedback" BEGIN
  UPDATE "FeedbackCount" SET "count" = "count" - 1
    WHERE "classifierId" = (SELECT "classifierId" FROM "Prediction" WHERE "id" = OLD."predictionId") AND "isCorrect" = OLD."isCorrect";
END;
