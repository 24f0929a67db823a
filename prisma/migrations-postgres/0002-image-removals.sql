-- Files of deleted images that are still to be removed (lib/data/images/image-removals.ts).

CREATE TABLE "ImageRemoval" (
  "hash" TEXT COLLATE "C" NOT NULL,
  "at" TIMESTAMP(3) NOT NULL,
  CONSTRAINT "ImageRemoval_pkey" PRIMARY KEY ("hash")
);
