-- Which hosts share the database, with their processes as they last reported (lib/data/processes/hosts.ts), and who holds the work that one process at a time does for all of them.

CREATE TABLE "Host" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "name" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "startedAt" DATETIME NOT NULL,
  "lastSeen" DATETIME NOT NULL,
  "processesJson" TEXT NOT NULL
);
CREATE TABLE "Lease" (
  "name" TEXT NOT NULL PRIMARY KEY,
  "holder" TEXT NOT NULL,
  "until" DATETIME NOT NULL
);
