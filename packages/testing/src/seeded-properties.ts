/** vitest's setup: property tests begin with the seed that `verify` gives; started by hand, each run takes another. A failure prints it. */
import fc from 'fast-check';

const seed = process.env['PERDURE_PROPERTY_SEED'];
if (seed !== undefined) fc.configureGlobal({ seed: Number.parseInt(seed, 16) });
