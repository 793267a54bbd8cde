import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `pnpm dev` finds a running Perdure server. */
const server = process.env['PERDURE_DEV_SERVER'] ?? 'http://localhost:7400';

export default defineConfig({
  plugins: [react()],
  // rjsf's core exports a helper for its own tests that imports the validator we must not ship (it compiles with eval). Ours stands in.
  resolve: { alias: { '@rjsf/validator-ajv8': new URL('./src/components/schema-validator-default.ts', import.meta.url).pathname } },
  build: { target: 'es2023', assetsInlineLimit: 0, sourcemap: true, chunkSizeWarningLimit: 1600 },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/trpc': { target: server, ws: true },
      '/api': { target: server },
    },
  },
});
