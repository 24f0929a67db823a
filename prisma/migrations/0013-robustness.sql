-- The accuracy on disturbed images of a version that was evaluated by folds: measured after it was saved.

ALTER TABLE "Version" ADD COLUMN "robustnessJson" TEXT;
