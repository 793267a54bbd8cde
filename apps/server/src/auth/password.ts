import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';

/** Long rather than intricate. The upper limit keeps hashing cheap. */
export const passwordLimits = { min: 12, max: 128 } as const;

export const newPassword = z
  .string()
  .min(passwordLimits.min, `Use ${passwordLimits.min} characters or more.`)
  .max(passwordLimits.max, `Use ${passwordLimits.max} characters at most.`)
  .refine((text) => new Set(text).size >= 4, 'Use more different characters.');

/** better-auth's scrypt, so that its own sign-in knows it. */
export const passwordHash: (password: string) => Promise<string> = hashPassword;
