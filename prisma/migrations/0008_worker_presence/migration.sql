-- AlterTable
ALTER TABLE "worker" ADD COLUMN     "presence" BIGINT;
