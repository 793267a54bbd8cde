-- Entities are listed in the order of their ids' bytes. Where 0018 has taken away the index of all ids that did so, this one serves them;
-- no instance of a workflow is in it.
CREATE INDEX "instance_entity_id_idx" ON "instance" ("id" text_pattern_ops) WHERE "workflow_key" LIKE '@%';
