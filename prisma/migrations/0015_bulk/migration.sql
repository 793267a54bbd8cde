-- CreateTable
CREATE TABLE "bulk_job" (
    "id" UUID NOT NULL,
    "action" TEXT NOT NULL,
    "arguments" JSONB NOT NULL DEFAULT '{}',
    "selection" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "holder" TEXT,
    "held_until" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_job_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_item" (
    "job_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "instance_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "seq" INTEGER,
    "tries" SMALLINT NOT NULL DEFAULT 0,
    "code" TEXT,
    "message" TEXT,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_item_pkey" PRIMARY KEY ("job_id","position")
);

-- CreateTable
CREATE TABLE "retention_rule" (
    "id" UUID NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "after_days" INTEGER NOT NULL,
    "archive" BOOLEAN NOT NULL DEFAULT false,
    "updated_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "purged" INTEGER NOT NULL DEFAULT 0,
    "ran_at" TIMESTAMPTZ(3),
    "trouble" TEXT,

    CONSTRAINT "retention_rule_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "bulk_job_created_at_idx" ON "bulk_job"("created_at" DESC);

-- CreateIndex
CREATE INDEX "bulk_job_status_idx" ON "bulk_job"("status");

-- CreateIndex
CREATE INDEX "bulk_item_job_id_state_position_idx" ON "bulk_item"("job_id", "state", "position");

-- CreateIndex
CREATE UNIQUE INDEX "retention_rule_workflow_key_status_key" ON "retention_rule"("workflow_key", "status");
