-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "workflow" (
    "key" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "draft" JSON NOT NULL,
    "draft_revision" INTEGER NOT NULL DEFAULT 1,
    "draft_saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "draft_saved_by" TEXT NOT NULL,
    "latest_version" INTEGER,
    "sample" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "workflow_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "workflow_version" (
    "workflow_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "document" JSON NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "draft_revision" INTEGER NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_by" TEXT NOT NULL,

    CONSTRAINT "workflow_version_pkey" PRIMARY KEY ("workflow_key","version")
);

-- CreateTable
CREATE TABLE "instance" (
    "id" TEXT NOT NULL,
    "partition" SMALLINT NOT NULL,
    "execution_id" TEXT NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "seq" INTEGER NOT NULL DEFAULT 0,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "started_by" TEXT NOT NULL,
    "parent_instance_id" TEXT,
    "parent_step" TEXT,
    "custom_status" JSON,
    "whereabouts" JSON,
    "running_activities" INTEGER NOT NULL DEFAULT 0,
    "claims" SMALLINT NOT NULL DEFAULT 0,
    "checkpoint_seq" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "history_event" (
    "instance_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "data" JSON NOT NULL,

    CONSTRAINT "history_event_pkey" PRIMARY KEY ("instance_id","seq")
);

-- CreateTable
CREATE TABLE "checkpoint" (
    "instance_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "state" JSON NOT NULL,

    CONSTRAINT "checkpoint_pkey" PRIMARY KEY ("instance_id","seq")
);

-- CreateTable
CREATE TABLE "timer" (
    "instance_id" TEXT NOT NULL,
    "timer_id" TEXT NOT NULL,
    "partition" SMALLINT NOT NULL,
    "fire_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "timer_pkey" PRIMARY KEY ("instance_id","timer_id")
);

-- CreateTable
CREATE TABLE "message" (
    "id" BIGSERIAL NOT NULL,
    "partition" SMALLINT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "message_id" TEXT NOT NULL,
    "body" JSON NOT NULL,
    "refusal" JSON,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payload" (
    "hash" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "data" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "payload_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "human_task" (
    "id" TEXT NOT NULL,
    "instance_id" TEXT NOT NULL,
    "execution_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "node" TEXT NOT NULL,
    "workflow_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "context" JSON,
    "candidates" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "priority" INTEGER NOT NULL DEFAULT 50,
    "form_schema" JSON,
    "outcomes" JSON NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "status" TEXT NOT NULL DEFAULT 'open',
    "assignee" TEXT,
    "claimed_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "data" JSON,
    "comment" TEXT,
    "decided_by" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "human_task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "human_task_draft" (
    "task_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "data" JSON NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "human_task_draft_pkey" PRIMARY KEY ("task_id","user_id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "partition" (
    "id" SMALLINT NOT NULL,
    "epoch" INTEGER NOT NULL DEFAULT 0,
    "owner" TEXT,
    "lease_until" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "partition_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "role" TEXT NOT NULL DEFAULT 'viewer',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "hash" TEXT,

    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "instance_created_at_id_idx" ON "instance"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "instance_workflow_key_created_at_id_idx" ON "instance"("workflow_key", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "instance_status_created_at_id_idx" ON "instance"("status", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "instance_parent_instance_id_idx" ON "instance"("parent_instance_id");

-- CreateIndex
CREATE INDEX "instance_tags_idx" ON "instance" USING GIN ("tags");

-- CreateIndex
CREATE INDEX "timer_partition_fire_at_idx" ON "timer"("partition", "fire_at");

-- CreateIndex
CREATE UNIQUE INDEX "message_message_id_key" ON "message"("message_id");

-- CreateIndex
CREATE INDEX "message_partition_id_idx" ON "message"("partition", "id");

-- CreateIndex
CREATE INDEX "human_task_status_due_at_id_idx" ON "human_task"("status", "due_at", "id");

-- CreateIndex
CREATE INDEX "human_task_assignee_status_idx" ON "human_task"("assignee", "status");

-- CreateIndex
CREATE INDEX "human_task_instance_id_idx" ON "human_task"("instance_id");

-- CreateIndex
CREATE UNIQUE INDEX "user_email_key" ON "user"("email");

-- CreateIndex
CREATE UNIQUE INDEX "session_token_key" ON "session"("token");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "session"("user_id");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE INDEX "verification_identifier_idx" ON "verification"("identifier");

-- AddForeignKey
ALTER TABLE "workflow_version" ADD CONSTRAINT "workflow_version_workflow_key_fkey" FOREIGN KEY ("workflow_key") REFERENCES "workflow"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "human_task_draft" ADD CONSTRAINT "human_task_draft_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "human_task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- The live instances of a partition, for taking it over and for its slow poll. Queries must repeat the condition as it stands here.
-- Its condition is on the status and not on running_activities: a column named in any index makes every update of it write to all
-- indexes of the row, and running_activities changes with every step while the status changes a few times in a life.
CREATE INDEX "instance_live_by_partition_idx" ON "instance" ("partition", "id") WHERE "status" IN ('Pending', 'Running', 'Suspended');

-- Prefix search of ids, whatever the database's collation. Partial only so that Prisma, which does not look at partial indexes, does
-- not find it different from its schema each time: it cannot compare operator classes.
CREATE INDEX "instance_id_prefix_idx" ON "instance" ("id" text_pattern_ops) WHERE "id" IS NOT NULL;

-- Rows updated at every step: room in the page keeps the new version beside the old one.
ALTER TABLE "instance" SET (fillfactor = 80);
ALTER TABLE "human_task" SET (fillfactor = 80);

-- Rows of these live for moments. Vacuum by count, not by share of the table, or dead rows pile up in front of the oldest work.
ALTER TABLE "message" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.1);
ALTER TABLE "timer" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.1);
ALTER TABLE "checkpoint" SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
-- 64 and a few rows, rewritten every second.
ALTER TABLE "partition" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
ALTER TABLE "worker" SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- Partitions are fixed when the database is created.
INSERT INTO "partition" ("id") SELECT generate_series(0, 63);
INSERT INTO "setting" ("key", "value") VALUES
    ('incarnation', to_jsonb(gen_random_uuid()::text)),
    ('partitions', '64'),
    ('writer', '1');

-- The audit log only grows; the sealer fills in a hash once.
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND OLD.hash IS NULL AND NEW.hash IS NOT NULL
        AND (NEW.id, NEW.at, NEW.actor, NEW.action, NEW.target, NEW.detail)
            IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.actor, OLD.action, OLD.target, OLD.detail)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit entries cannot be changed or removed' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "audit_entry_immutable" BEFORE UPDATE OR DELETE ON "audit_entry"
    FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "audit_entry_not_truncated" BEFORE TRUNCATE ON "audit_entry"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
-- The sealer asks for what is not sealed yet.
CREATE INDEX "audit_entry_unsealed_idx" ON "audit_entry" ("id") WHERE "hash" IS NULL;
