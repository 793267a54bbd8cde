-- AlterTable
ALTER TABLE "partition" ADD COLUMN     "moved_at" TIMESTAMPTZ(3),
ADD COLUMN     "previous_owner" TEXT;
