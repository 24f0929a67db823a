-- When a classifier is retrained without a person (null: as the settings say), and which runs were started that way.

ALTER TABLE "Classifier" ADD COLUMN "autoRetrain" TEXT;
ALTER TABLE "Classifier" ADD COLUMN "autoRetrainAfter" TEXT;
ALTER TABLE "Run" ADD COLUMN "isAutomatic" BOOLEAN NOT NULL DEFAULT 0;
