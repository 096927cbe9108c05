import tseslint from 'typescript-eslint';

const SPECS = ['**/*.spec.ts', '**/test/**/*.ts', 'libs/testing/**/*.ts', 'bench/**/*.ts'];

/**
 * Type-aware, and only what neither the compiler nor prettier sees. What is turned off is turned off for a reason that
 * stands beside it.
 */
export default tseslint.config(
  { ignores: ['dist/', 'coverage/', '.usher/', 'node_modules/', 'apps/console/', '**/*.js', '**/*.cjs', '**/*.mjs'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      eqeqeq: 'error',
      'no-console': 'error',
      // Numbers read well in messages, and so do errors' own words.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // Nest's modules are classes with nothing in them.
      '@typescript-eslint/no-extraneous-class': 'off',
      // A literal with the right members is as good as an instance: Mongoose's options, dates from the test realm.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `[...text]` counts code points, on purpose.
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
      // `() => emitter.emit(…)` and `return done()` say that the result does not matter.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Async without await keeps one signature over several implementations, and makes throwing a rejection.
      '@typescript-eslint/require-await': 'off',
      // `_` names what a signature demands and a body does not need, or what a rest leaves out.
      '@typescript-eslint/no-unused-vars': [
        'error',
        {
          argsIgnorePattern: '^_',
          varsIgnorePattern: '^_',
          destructuredArrayIgnorePattern: '^_',
          ignoreRestSiblings: true,
        },
      ],
    },
  },
  // Programs for a terminal talk to it.
  { files: ['tools/**/*.ts', 'apps/*/src/**/main.ts'], rules: { 'no-console': 'off' } },
  {
    files: SPECS,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      // expect.any() and expect.objectContaining() are `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'no-console': 'off',
    },
  },
);
