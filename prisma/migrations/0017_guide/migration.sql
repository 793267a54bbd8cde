-- CreateTable
CREATE TABLE "guide_mark" (
    "user_id" TEXT NOT NULL,
    "mark" TEXT NOT NULL,
    "instance_id" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guide_mark_pkey" PRIMARY KEY ("user_id","mark")
);

-- CreateTable
CREATE TABLE "guide_restart" (
    "instance_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "guide_restart_pkey" PRIMARY KEY ("instance_id")
);

-- AddForeignKey
ALTER TABLE "guide_mark" ADD CONSTRAINT "guide_mark_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
