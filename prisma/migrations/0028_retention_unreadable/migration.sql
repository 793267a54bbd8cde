-- CreateTable
CREATE TABLE "retention_unreadable" (
    "instance_id" TEXT NOT NULL,
    "rule_id" UUID NOT NULL,
    "execution_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "why" TEXT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "retention_unreadable_pkey" PRIMARY KEY ("instance_id")
);

-- CreateIndex
CREATE INDEX "retention_unreadable_rule_id_idx" ON "retention_unreadable"("rule_id");

-- AddForeignKey
ALTER TABLE "retention_unreadable" ADD CONSTRAINT "retention_unreadable_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "retention_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;
