-- CreateTable
CREATE TABLE "activity_claim" (
    "instance_id" TEXT NOT NULL,
    "execution_id" TEXT NOT NULL,
    "step" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "releases" INTEGER NOT NULL,
    "claims" SMALLINT NOT NULL,
    "mark" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "activity_claim_pkey" PRIMARY KEY ("instance_id","execution_id","step","attempt","releases")
);
