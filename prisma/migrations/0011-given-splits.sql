-- Whether a person gave a sample its split (by the folder it was uploaded in, or by moving it), or its content determined it; and the same
-- before and after each change. For samples from before it is inferred: those that were moved, and all others of an upload in which some
-- split is not the one that the content determines (lib/domain/splits.ts: the last 12 digits of the hash, as a share of 16^12).

ALTER TABLE "Sample" ADD COLUMN "isSplitGiven" BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE "SampleChangeEntry" ADD COLUMN "splitGivenBefore" BOOLEAN NOT NULL DEFAULT 0;
ALTER TABLE "SampleChangeEntry" ADD COLUMN "splitGivenAfter" BOOLEAN NOT NULL DEFAULT 0;

UPDATE "Sample" SET "isSplitGiven" = 1 WHERE "split" IS NOT NULL AND "id" IN (
  SELECT "sampleId" FROM "SampleChangeEntry" WHERE "splitBefore" IS NOT NULL AND "splitAfter" IS NOT NULL AND "splitBefore" <> "splitAfter"
);
UPDATE "Sample" SET "isSplitGiven" = 1 WHERE "split" IS NOT NULL AND "uploadId" IN (
  SELECT "uploadId" FROM "Sample" WHERE "uploadId" IS NOT NULL AND "split" IS NOT NULL AND NOT "isSplitGiven" AND "split" <> CASE
    WHEN substr("hash", -12) <= '333333333333' THEN 'test'
    WHEN substr("hash", -12) <= '599999999999' THEN 'validation'
    ELSE 'train' END
);
