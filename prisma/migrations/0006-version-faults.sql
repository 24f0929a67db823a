-- Versions that could not be loaded or verified, and why: until they can, the version that was live before serves predictions.

CREATE TABLE "VersionFault" (
  "versionId" TEXT NOT NULL PRIMARY KEY,
  "reason" TEXT NOT NULL,
  "foundAt" DATETIME NOT NULL,
  CONSTRAINT "VersionFault_versionId_fkey" FOREIGN KEY ("versionId") REFERENCES "Version" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
