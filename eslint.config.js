import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/dist/', 'data/', 'coverage/', 'bench/results/', 'libs/*/docs/', 'apps/console/src/api/schema.ts'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.lint.json' } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Work in steps may have one step only.
      'require-yield': 'off',
      // Nest modules are classes without members by design.
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['apps/console/**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { project: './apps/console/tsconfig.lint.json' } },
  },
  {
    // What runs in the page before anything else.
    files: ['apps/console/public/*.js'],
    languageOptions: { globals: { document: 'readonly', localStorage: 'readonly' }, sourceType: 'script' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: {
        ...Object.fromEntries(
          ['console', 'fetch', 'process', 'URL', 'URLSearchParams'].map((name) => [name, 'readonly']),
        ),
        module: 'writable',
      },
    },
  },
);
