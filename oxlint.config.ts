import { defineConfig } from 'oxlint';

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'react', 'vitest', 'promise'],
  jsPlugins: ['./scripts/lint/plugin.ts'],
  categories: { correctness: 'error', suspicious: 'off', perf: 'off', pedantic: 'off', style: 'off', restriction: 'off' },
  rules: {
    'perdure/walls': 'error',
    'no-eval': 'error',
    'no-new-func': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    eqeqeq: 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': ['error', { checksVoidReturn: false }],
    'import/no-cycle': ['error', { ignoreTypes: true }],
    // Interfaces here hold functions, not methods that need their object; texts are taken apart by code point on purpose.
    'typescript/unbound-method': 'off',
    'typescript/no-misused-spread': 'off',
    'typescript/no-base-to-string': 'off',
    'typescript/restrict-template-expressions': 'off',
    // Control characters and `then` are what some of our inputs are made of.
    'no-control-regex': 'off',
    'unicorn/no-thenable': 'off',
    'unicorn/no-useless-spread': 'off',
    // Property tests expect under conditions; a bare toThrow is right where the message is not ours.
    'vitest/no-conditional-expect': 'off',
    'vitest/require-to-throw-message': 'off',
    // A message beside the value is vitest's own second argument.
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'typescript/no-meaningless-void-operator': 'off',
    'typescript/require-array-sort-compare': 'off',
    // Rules of the React compiler, which we do not use: the canvas keeps its hot state in refs and stores on purpose.
    'react/set-state-in-effect': 'off',
    'react/refs': 'off',
    'react/purity': 'off',
    'react/incompatible-library': 'off',
    'react/immutability': 'off',
    'react/preserve-manual-memoization': 'off',
  },
  overrides: [
    {
      files: ['packages/graph/src/**/*.ts', 'packages/engine/src/**/*.ts'],
      excludeFiles: ['**/*.test.ts'],
      rules: { 'perdure/pure': 'error' },
    },
  ],
  ignorePatterns: ['**/dist/**', '**/generated/**', '**/node_modules/**', '.perdure/**', 'apps/web/public/**'],
});
