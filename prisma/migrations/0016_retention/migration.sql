-- AlterTable
ALTER TABLE "retention_rule" ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ALTER COLUMN "after_days" DROP NOT NULL;

-- CreateTable
CREATE TABLE "retention_batch" (
    "id" UUID NOT NULL,
    "rule_id" UUID NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "archive" BOOLEAN NOT NULL,
    "revision" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempt" INTEGER NOT NULL DEFAULT 1,
    "instance_ids" TEXT[],
    "execution_ids" TEXT[],
    "seqs" INTEGER[],
    "instances" INTEGER NOT NULL,
    "file" TEXT,
    "file_bytes" BIGINT,
    "purged" INTEGER NOT NULL DEFAULT 0,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "retention_batch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "retention_batch_created_at_idx" ON "retention_batch"("created_at" DESC);

-- CreateIndex
CREATE INDEX "retention_batch_rule_id_idx" ON "retention_batch"("rule_id");

-- AddForeignKey
ALTER TABLE "retention_batch" ADD CONSTRAINT "retention_batch_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "retention_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Instances are in one batch at most: while one is not finished there is no other, whoever would make it. Prisma does not look at partial indexes.
CREATE UNIQUE INDEX "retention_batch_unfinished_key" ON "retention_batch" ((true)) WHERE "finished_at" IS NULL;
