-- What is to leave, by where it goes to: senders take a few for each place, however many wait for one of them (claim-notices.sql).
-- Prisma does not look at partial indexes.
CREATE INDEX "notice_target_due_idx" ON "notice" ((CASE "channel" WHEN 'webhook' THEN split_part("recipient", '/', 3) ELSE '' END), "due_at", "id")
  WHERE "sent_at" IS NULL AND "failed_at" IS NULL;
DROP INDEX "notice_due_idx";
