-- AlterTable
ALTER TABLE "payload" ADD COLUMN     "kept_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- The hashes a stored JSON text refers to. `json` keeps the text it was given, and it was given compact.
CREATE FUNCTION "payload_hashes"("data" json) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ARRAY(SELECT "found"[1] FROM regexp_matches("data"::text, '"\$payload":"([A-Za-z0-9_-]+)"', 'g') AS "m"("found"));

-- Which events refer to a payload: few do, and only those are in it. Queries must repeat the condition as it stands here.
-- Without a list of what was added lately, which every look-up would read from end to end.
CREATE INDEX "history_event_payload_idx" ON "history_event" USING GIN ("payload_hashes"("data")) WITH (fastupdate = off)
    WHERE position('"$payload":"' in "data"::text) > 0;
