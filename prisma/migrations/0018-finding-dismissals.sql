-- Findings that a user has dismissed: the image is right as it is. It holds while the image has the label of then.

CREATE TABLE "FindingDismissal" (
  "sampleId" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "label" TEXT,
  "by" TEXT NOT NULL,
  "at" DATETIME NOT NULL,
  PRIMARY KEY ("sampleId", "kind"),
  FOREIGN KEY ("sampleId") REFERENCES "Sample" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
