-- AlterTable
ALTER TABLE "payload" ADD COLUMN     "packed" BYTEA,
ALTER COLUMN "data" DROP NOT NULL;

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- It is packed already: Postgres need not try.
ALTER TABLE "payload" ALTER COLUMN "packed" SET STORAGE EXTERNAL;

ALTER TABLE "payload" ADD CONSTRAINT "payload_content_check" CHECK (num_nonnulls("data", "packed") = 1);
