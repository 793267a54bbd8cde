-- AlterTable
ALTER TABLE "workflow" ADD COLUMN     "test_snapshots" INTEGER NOT NULL DEFAULT 0;
