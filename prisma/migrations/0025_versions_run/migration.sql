-- AlterTable
ALTER TABLE "instance" ADD COLUMN     "versions" JSON;
