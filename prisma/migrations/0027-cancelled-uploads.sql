-- An upload that runs in another process, on whichever host, is cancelled by its row (lib/ingest/cancel-request.ts).

ALTER TABLE "Upload" ADD COLUMN "isCancelRequested" BOOLEAN NOT NULL DEFAULT false;
