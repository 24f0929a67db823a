-- The accuracy that more images should bring (lib/domain/learning-curve.ts), from the most recent check. basis: what it was computed from, so that the same is not computed again. curvesJson null: too few images.

CREATE TABLE "LearningCurve" (
  "classifierId" TEXT NOT NULL PRIMARY KEY,
  "basis" TEXT NOT NULL,
  "curvesJson" TEXT,
  "computedAt" DATETIME NOT NULL,
  FOREIGN KEY ("classifierId") REFERENCES "Classifier" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
