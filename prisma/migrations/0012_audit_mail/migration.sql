-- AlterTable
ALTER TABLE "audit_entry" ADD COLUMN     "address" TEXT,
ADD COLUMN     "after" JSONB,
ADD COLUMN     "before" JSONB,
ADD COLUMN     "outcome" TEXT,
ADD COLUMN     "position" BIGINT,
ADD COLUMN     "reason" TEXT,
ADD COLUMN     "request_id" TEXT;

-- CreateTable
CREATE TABLE "audit_intent" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "reason" TEXT,
    "request_id" TEXT,
    "address" TEXT,

    CONSTRAINT "audit_intent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT,
    "text" TEXT,
    "html" TEXT,
    "body" TEXT,
    "signing" TEXT,
    "dedupe_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "due_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "sent_at" TIMESTAMPTZ(3),
    "failed_at" TIMESTAMPTZ(3),
    "failed_reason" TEXT,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_preference" (
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "channel" TEXT NOT NULL,

    CONSTRAINT "notification_preference_pkey" PRIMARY KEY ("user_id","kind")
);

-- CreateTable
CREATE TABLE "alert_rule" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "workflow_key" TEXT,
    "threshold" DOUBLE PRECISION NOT NULL,
    "minimum" INTEGER NOT NULL DEFAULT 1,
    "window_seconds" INTEGER NOT NULL,
    "cooldown_seconds" INTEGER NOT NULL DEFAULT 0,
    "remind_every_seconds" INTEGER,
    "tell_resolved" BOOLEAN NOT NULL DEFAULT true,
    "emails" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "webhook_url" TEXT,
    "webhook_generation" INTEGER NOT NULL DEFAULT 1,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,
    "evaluated_at" TIMESTAMPTZ(3),
    "value" DOUBLE PRECISION,
    "problem" TEXT,

    CONSTRAINT "alert_rule_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "alert_firing" (
    "id" BIGSERIAL NOT NULL,
    "rule_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "worst" DOUBLE PRECISION NOT NULL,
    "told_at" TIMESTAMPTZ(3),
    "told" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "alert_firing_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "notice_dedupe_key_key" ON "notice"("dedupe_key");

-- CreateIndex
CREATE INDEX "notice_created_at_idx" ON "notice"("created_at");

-- CreateIndex
CREATE INDEX "alert_firing_rule_id_id_idx" ON "alert_firing"("rule_id", "id" DESC);

-- CreateIndex
CREATE INDEX "audit_entry_actor_id_idx" ON "audit_entry"("actor", "id");

-- CreateIndex
CREATE INDEX "audit_entry_action_id_idx" ON "audit_entry"("action", "id");

-- CreateIndex
CREATE INDEX "audit_entry_target_id_idx" ON "audit_entry"("target", "id");

-- CreateIndex
CREATE INDEX "audit_entry_at_idx" ON "audit_entry"("at");

-- AddForeignKey
ALTER TABLE "notification_preference" ADD CONSTRAINT "notification_preference_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "alert_firing" ADD CONSTRAINT "alert_firing_rule_id_fkey" FOREIGN KEY ("rule_id") REFERENCES "alert_rule"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The sender asks for what is due.
CREATE INDEX "notice_due_idx" ON "notice" ("due_at", "id") WHERE "sent_at" IS NULL AND "failed_at" IS NULL;

-- A rule fires once at a time.
CREATE UNIQUE INDEX "alert_firing_open_key" ON "alert_firing" ("rule_id") WHERE "ended_at" IS NULL;

-- Sealing fills in the hash and the position, once and together; everything else of an entry stays, whatever columns it has.
CREATE OR REPLACE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND OLD.hash IS NULL AND NEW.hash IS NOT NULL AND OLD.position IS NULL
        AND (to_jsonb(NEW) - 'hash' - 'position') = (to_jsonb(OLD) - 'hash' - 'position')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'audit entries cannot be changed or removed' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE UNIQUE INDEX "audit_entry_position_key" ON "audit_entry" ("position");
