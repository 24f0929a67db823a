-- Renamed, merged and removed classes are in the log of changes, so that each can be undone.
-- classEdit: renamed, removed or added. classTo: the new name, or the class that has the images.

ALTER TABLE "SampleChange" ADD COLUMN "classEdit" TEXT;
ALTER TABLE "SampleChange" ADD COLUMN "className" TEXT;
ALTER TABLE "SampleChange" ADD COLUMN "classTo" TEXT;
ALTER TABLE "SampleChange" ADD COLUMN "classPosition" INTEGER;
