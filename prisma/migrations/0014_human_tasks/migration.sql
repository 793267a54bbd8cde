-- DropIndex
DROP INDEX "human_task_assignee_status_idx";

-- DropIndex
DROP INDEX "human_task_status_due_at_id_idx";

-- AlterTable
ALTER TABLE "human_task" ADD COLUMN     "escalated_at" TIMESTAMPTZ(3),
ADD COLUMN     "free_seats" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "holder_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "holders" JSON,
ADD COLUMN     "rule" JSON,
ADD COLUMN     "schedule" JSON,
ADD COLUMN     "voter_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "votes" JSON;

-- CreateTable
CREATE TABLE "human_task_change" (
    "task_id" TEXT NOT NULL,
    "from_seq" INTEGER NOT NULL,
    "seq" INTEGER NOT NULL,

    CONSTRAINT "human_task_change_pkey" PRIMARY KEY ("task_id","seq")
);

-- CreateTable
CREATE TABLE "human_task_follow_up" (
    "task_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "human_task_follow_up_pkey" PRIMARY KEY ("user_id","task_id")
);

-- CreateTable
CREATE TABLE "human_task_comment" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "text" TEXT NOT NULL,
    "mentions" TEXT[] DEFAULT ARRAY[]::TEXT[],

    CONSTRAINT "human_task_comment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "human_task_file" (
    "id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "human_task_file_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "human_task_file_part" (
    "file_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "data" BYTEA NOT NULL,

    CONSTRAINT "human_task_file_part_pkey" PRIMARY KEY ("file_id","number")
);

-- CreateIndex
CREATE INDEX "human_task_follow_up_task_id_idx" ON "human_task_follow_up"("task_id");

-- CreateIndex
CREATE INDEX "human_task_comment_task_id_at_idx" ON "human_task_comment"("task_id", "at");

-- CreateIndex
CREATE INDEX "human_task_file_task_id_at_idx" ON "human_task_file"("task_id", "at");

-- AddForeignKey
ALTER TABLE "human_task_follow_up" ADD CONSTRAINT "human_task_follow_up_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "human_task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "human_task_comment" ADD CONSTRAINT "human_task_comment_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "human_task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "human_task_file" ADD CONSTRAINT "human_task_file_task_id_fkey" FOREIGN KEY ("task_id") REFERENCES "human_task"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "human_task_file_part" ADD CONSTRAINT "human_task_file_part_file_id_fkey" FOREIGN KEY ("file_id") REFERENCES "human_task_file"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- One row's worth of who may see it, so that one index answers for all the ways there are. Only functions of their arguments: they are
-- called immutable because array and JSON output, which PostgreSQL counts as depending on settings, do not where they are used here.
CREATE FUNCTION human_task_access_keys(candidates text[], assignee text, decided_by text, holders text[], voters text[]) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(candidates) = 0 THEN ARRAY['*'] ELSE ARRAY(SELECT lower(c) FROM unnest(candidates) AS c) END
      || CASE WHEN assignee IS NULL THEN ARRAY[]::text[] ELSE ARRAY['=' || assignee] END
      || CASE WHEN decided_by IS NULL THEN ARRAY[]::text[] ELSE ARRAY['~' || decided_by] END
      || ARRAY(SELECT '=' || h FROM unnest(holders) AS h WHERE h IS DISTINCT FROM assignee)
      || ARRAY(SELECT '~' || v FROM unnest(voters) AS v)
$$;

-- Words of letters and digits, so that "48207" finds "ORD-48207". The beginning of the context is enough to find a task by.
CREATE FUNCTION human_task_words(title text, instance_id text, workflow_key text, context json) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT to_tsvector('simple'::regconfig, regexp_replace(
    concat_ws(' ', title, instance_id, workflow_key, left(context::text, 4000)), '[^[:alnum:]]+', ' ', 'g'))
$$;

UPDATE "human_task" SET
  free_seats = 0,
  holder_ids = ARRAY[assignee],
  holders = json_build_array(json_build_object(
    'by', assignee, 'at', floor(extract(epoch FROM coalesce(claimed_at, created_at)) * 1000), 'how', 'claimed', 'from', NULL))
WHERE assignee IS NOT NULL AND status = 'open';

ALTER TABLE "human_task"
  ADD COLUMN "access_keys" text[] GENERATED ALWAYS AS (human_task_access_keys(candidates, assignee, decided_by, holder_ids, voter_ids)) STORED,
  ADD COLUMN "words" tsvector GENERATED ALWAYS AS (human_task_words(title, instance_id, workflow_key, context)) STORED;

-- The lists read open tasks in one of these orders and stop after a page, or, when few are the viewer's, find those and sort them.
CREATE INDEX "human_task_open_due_idx" ON "human_task" ((coalesce(due_at, 'infinity'::timestamptz)), id) WHERE status = 'open';
CREATE INDEX "human_task_open_priority_idx" ON "human_task" ((- priority), (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE status = 'open';
CREATE INDEX "human_task_open_created_idx" ON "human_task" (created_at, id) WHERE status = 'open';
CREATE INDEX "human_task_open_workflow_idx" ON "human_task" (workflow_key, (coalesce(due_at, 'infinity'::timestamptz)), id) WHERE status = 'open';
CREATE INDEX "human_task_open_access_idx" ON "human_task" USING GIN (access_keys) WHERE status = 'open';
CREATE INDEX "human_task_open_words_idx" ON "human_task" USING GIN (words) WHERE status = 'open';
CREATE INDEX "human_task_closed_idx" ON "human_task" ((coalesce(closed_at, created_at)), id) WHERE status <> 'open';
CREATE INDEX "human_task_closed_access_idx" ON "human_task" USING GIN (access_keys) WHERE status <> 'open';
