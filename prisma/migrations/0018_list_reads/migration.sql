-- What is searched, in lower case, so that a text is compared and not folded for every row.
ALTER TABLE "instance_failure" ADD COLUMN "words" TEXT NOT NULL GENERATED ALWAYS AS (lower("code" || ' ' || "title" || ' ' || "message")) STORED;
ALTER TABLE "instance_standing" ADD COLUMN "words" TEXT NOT NULL GENERATED ALWAYS AS (lower("title" || ' ' || "detail")) STORED;

-- CreateIndex
CREATE INDEX "instance_failure_created_at_instance_id_idx" ON "instance_failure"("created_at" DESC, "instance_id" DESC);

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- As in 0013: without pg_trgm the same statements read the two tables.
DROP INDEX IF EXISTS "instance_failure_text_idx";
DROP INDEX IF EXISTS "instance_standing_text_idx";
DO $$
BEGIN
    CREATE INDEX "instance_failure_words_idx" ON "instance_failure" USING GIN ("words" gin_trgm_ops);
    CREATE INDEX "instance_standing_words_idx" ON "instance_standing" USING GIN ("words" gin_trgm_ops);
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'Without pg_trgm: %', SQLERRM;
END
$$;

-- The stuck ones of an incident, which were found among all that are stuck.
CREATE INDEX "instance_standing_fingerprint_idx" ON "instance_standing" ("fingerprint", "created_at" DESC, "instance_id" DESC)
    WHERE "fingerprint" IS NOT NULL;

-- Whether a failure is still open is asked of this index alone. Only failed rows are in it.
DROP INDEX "instance_failed_idx";
CREATE INDEX "instance_failed_idx" ON "instance" ("completed_at", "id") WHERE "status" = 'Failed' AND "workflow_key" NOT LIKE '@%';

-- Durations are counted, and the few that took so long are put in order, without reading their rows.
DROP INDEX "instance_duration_idx";
CREATE INDEX "instance_duration_idx" ON "instance" (("completed_at" - "created_at"), "created_at" DESC, "id" DESC) INCLUDE ("completed_at")
    WHERE "completed_at" IS NOT NULL AND "workflow_key" NOT LIKE '@%';

-- Those of a version in the order of the list.
CREATE INDEX "instance_version_idx" ON "instance" ("workflow_key", "version", "created_at" DESC, "id" DESC) WHERE "workflow_key" NOT LIKE '@%';

-- Where texts are compared by their bytes, as in the embedded server, the primary key finds beginnings of ids, too: the index that repeats
-- it goes, so that a commit writes as many as before.
DO $$
BEGIN
    IF (SELECT datlocprovider = 'b' OR datcollate IN ('C', 'POSIX') AND datlocprovider = 'c' FROM pg_database WHERE datname = current_database()) THEN
        DROP INDEX "instance_id_prefix_idx";
    END IF;
END
$$;

-- The planner knows nothing of an index on an expression before this.
ANALYZE "instance";
