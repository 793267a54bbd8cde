-- DropIndex
DROP INDEX "instance_created_at_id_idx";

-- DropIndex
DROP INDEX "instance_status_created_at_id_idx";

-- CreateTable
CREATE TABLE "entity_type" (
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "document" JSON NOT NULL,
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "entity_type_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "entity_type_version" (
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "document" JSON NOT NULL,
    "saved_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "saved_by" TEXT NOT NULL,

    CONSTRAINT "entity_type_version_pkey" PRIMARY KEY ("name","version")
);

-- AddForeignKey
ALTER TABLE "entity_type_version" ADD CONSTRAINT "entity_type_version_name_fkey" FOREIGN KEY ("name") REFERENCES "entity_type"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- The lists of workflow instances. Entities are in the same table and may be many: they are not in these indexes, so that a page of the
-- list costs the same beside a million of them. Queries must repeat the condition as it stands here.
CREATE INDEX "instance_recent_idx" ON "instance" ("created_at" DESC, "id" DESC) WHERE "workflow_key" NOT LIKE '@%';
CREATE INDEX "instance_recent_by_status_idx" ON "instance" ("status", "created_at" DESC, "id" DESC) WHERE "workflow_key" NOT LIKE '@%';
