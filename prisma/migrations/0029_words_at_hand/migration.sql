-- What Prisma cannot say. ------------------------------------------------------------------------------------------------

-- What was written to an index of words lately lies unsorted in its pending list, which every search reads through: 11 ms for the 2,500 failures
-- that fit into the default of 4 MB, in place of half a millisecond. The keeper of the read models sorts in a few at a time; no commit of the engine
-- writes to either index. They are not there without pg_trgm.
ALTER INDEX IF EXISTS "instance_failure_words_idx" SET (gin_pending_list_limit = 256);
ALTER INDEX IF EXISTS "instance_standing_words_idx" SET (gin_pending_list_limit = 256);
