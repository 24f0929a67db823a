-- The stage that a training run is in, and how far it is there. Runs from before have none.

ALTER TABLE "Run" ADD COLUMN "stage" TEXT;
ALTER TABLE "Run" ADD COLUMN "stageDone" INTEGER;
ALTER TABLE "Run" ADD COLUMN "stageTotal" INTEGER;
ALTER TABLE "Run" ADD COLUMN "stageEtaSeconds" REAL;
