-- Up to when each person has read the notices of the pages.

CREATE TABLE "NoticeRead" (
  "personId" TEXT NOT NULL PRIMARY KEY,
  "readAt" DATETIME NOT NULL,
  CONSTRAINT "NoticeRead_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
