-- Files of deleted images that are still to be removed (lib/data/images/image-removals.ts).

CREATE TABLE "ImageRemoval" (
  "hash" TEXT NOT NULL PRIMARY KEY,
  "at" DATETIME NOT NULL
);
