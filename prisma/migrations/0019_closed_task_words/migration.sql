-- Closed tasks are searched by the beginnings of words like open ones. A task closes once: one entry per task, outside of the open tasks' index.
CREATE INDEX "human_task_closed_words_idx" ON "human_task" USING GIN (words) WHERE status <> 'open';

-- The key that a workflow's tasks sign their webhooks with can be changed.
ALTER TABLE "workflow" ADD COLUMN "webhook_generation" INTEGER NOT NULL DEFAULT 1;
