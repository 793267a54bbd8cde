-- AlterTable
ALTER TABLE "workflow_version" ADD COLUMN     "name" TEXT NOT NULL DEFAULT '';
