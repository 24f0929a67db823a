-- Which web process works on an upload: process ids come again, and mean nothing to other containers.

ALTER TABLE "Upload" ADD COLUMN "ownerId" TEXT;
