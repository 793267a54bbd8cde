-- CreateTable
CREATE TABLE "instance_standing" (
    "instance_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "is_test" BOOLEAN NOT NULL,
    "waiting" BOOLEAN NOT NULL,
    "kind" TEXT NOT NULL,
    "event" TEXT,
    "node" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "detail" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3),
    "stuck" TEXT,
    "fingerprint" TEXT,

    CONSTRAINT "instance_standing_pkey" PRIMARY KEY ("instance_id")
);

-- CreateTable
CREATE TABLE "instance_failure" (
    "instance_id" TEXT NOT NULL,
    "failed_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "fingerprint" TEXT,

    CONSTRAINT "instance_failure_pkey" PRIMARY KEY ("instance_id","failed_at")
);

-- CreateTable
CREATE TABLE "incident" (
    "fingerprint" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "failures" INTEGER NOT NULL,
    "open" INTEGER NOT NULL,
    "last_instance_id" TEXT NOT NULL,
    "ignored_at" TIMESTAMPTZ(3),
    "ignored_by" TEXT,
    "ignored_reason" TEXT,

    CONSTRAINT "incident_pkey" PRIMARY KEY ("fingerprint")
);

-- CreateTable
CREATE TABLE "instance_stat" (
    "minutes" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "started" INTEGER NOT NULL DEFAULT 0,
    "completed" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "terminated" INTEGER NOT NULL DEFAULT 0,
    "running" INTEGER NOT NULL DEFAULT 0,
    "waiting" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "instance_stat_pkey" PRIMARY KEY ("minutes","at","workflow_key")
);

-- CreateTable
CREATE TABLE "duration_stat" (
    "minutes" SMALLINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "step" SMALLINT NOT NULL,
    "instances" INTEGER NOT NULL,

    CONSTRAINT "duration_stat_pkey" PRIMARY KEY ("minutes","at","workflow_key","step")
);

-- CreateTable
CREATE TABLE "monitor_cursor" (
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "monitor_cursor_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "worker_figures" (
    "worker_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "figures" JSON NOT NULL,

    CONSTRAINT "worker_figures_pkey" PRIMARY KEY ("worker_id")
);

-- CreateTable
CREATE TABLE "saved_view" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL DEFAULT false,
    "search" JSON NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "list_setting" (
    "user_id" TEXT NOT NULL,
    "list" TEXT NOT NULL,
    "setting" JSON NOT NULL,

    CONSTRAINT "list_setting_pkey" PRIMARY KEY ("user_id","list")
);

-- CreateIndex
CREATE INDEX "instance_standing_waiting_created_at_instance_id_idx" ON "instance_standing"("waiting", "created_at" DESC, "instance_id" DESC);

-- CreateIndex
CREATE INDEX "instance_standing_kind_created_at_instance_id_idx" ON "instance_standing"("kind", "created_at" DESC, "instance_id" DESC);

-- CreateIndex
CREATE INDEX "instance_failure_fingerprint_created_at_instance_id_idx" ON "instance_failure"("fingerprint", "created_at" DESC, "instance_id" DESC);

-- CreateIndex
CREATE INDEX "instance_failure_fingerprint_failed_at_idx" ON "instance_failure"("fingerprint", "failed_at");

-- CreateIndex
CREATE INDEX "instance_failure_code_created_at_instance_id_idx" ON "instance_failure"("code", "created_at" DESC, "instance_id" DESC);

-- CreateIndex
CREATE INDEX "incident_workflow_key_idx" ON "incident"("workflow_key");

-- CreateIndex
CREATE INDEX "incident_last_seen_at_idx" ON "incident"("last_seen_at" DESC);

-- CreateIndex
CREATE INDEX "saved_view_owner_id_idx" ON "saved_view"("owner_id");

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- Instances by when they ended: what the read models are brought up to date from. And by how long they took. No row is in them before
-- it has ended, and the update that ends an instance changes its status and writes all indexes anyway.
CREATE INDEX "instance_ended_idx" ON "instance" ("completed_at") WHERE "completed_at" IS NOT NULL AND "workflow_key" NOT LIKE '@%';
CREATE INDEX "instance_duration_idx" ON "instance" (("completed_at" - "created_at"))
    WHERE "completed_at" IS NOT NULL AND "workflow_key" NOT LIKE '@%';

-- The failed ones among them are looked for every second.
CREATE INDEX "instance_failed_idx" ON "instance" ("completed_at") WHERE "status" = 'Failed' AND "workflow_key" NOT LIKE '@%';

-- Those of one event, whose name is in the row; and the few that are stuck.
CREATE INDEX "instance_standing_event_idx" ON "instance_standing" ("event", "created_at" DESC, "instance_id" DESC) WHERE "event" IS NOT NULL;
CREATE INDEX "instance_standing_stuck_idx" ON "instance_standing" ("created_at" DESC, "instance_id" DESC) WHERE "stuck" IS NOT NULL;

-- Written and deleted as instances come to rest and go on.
ALTER TABLE "instance_standing" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
ALTER TABLE "worker_figures" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Text is searched by its trigrams. The extension comes with Postgres and may be created by the database's owner, but a server may be
-- without it: then the search reads the two tables from the newest on, which takes longer and gives the same.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX "instance_failure_text_idx" ON "instance_failure" USING GIN (("code" || ' ' || "title" || ' ' || "message") gin_trgm_ops);
    CREATE INDEX "instance_standing_text_idx" ON "instance_standing" USING GIN (("title" || ' ' || "detail") gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'Without pg_trgm: %', SQLERRM;
END
$$;
