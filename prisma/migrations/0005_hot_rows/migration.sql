-- DropIndex
DROP INDEX "instance_parent_instance_id_idx";

-- DropIndex
DROP INDEX "instance_tags_idx";

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- Most instances have neither parent nor tags, and every row in an index is written anew by every update that cannot stay on its page.
-- Queries for tags repeat the condition.
CREATE INDEX "instance_child_idx" ON "instance" ("parent_instance_id") WHERE "parent_instance_id" IS NOT NULL;
CREATE INDEX "instance_tagged_idx" ON "instance" USING GIN ("tags") WHERE "tags" <> '{}';

-- A batch updates the rows of one page together, and their old versions cannot go before it has ended: a page needs room for all of its
-- rows twice, or every second update leaves the page and writes all indexes. Measured: 46 % of updates stayed at 80, 80 % (all but the
-- last of an instance, which changes the status) at 50, and the table became smaller.
ALTER TABLE "instance" SET (fillfactor = 50);
