import { config } from 'zod/v4/core';

/**
 * The page's policy forbids code from text. Zod would try whether it may, once, and the browser would report the attempt. Imported before
 * anything that makes a schema.
 */
config({ jitless: true });
