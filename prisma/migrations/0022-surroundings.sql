-- What an image shows apart from its subject (lib/domain/findings/surroundings.ts), as JSON. Null: not computed yet.

ALTER TABLE "ImageFigures" ADD COLUMN "surroundingsJson" TEXT;
