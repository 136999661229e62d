/**
 * Types and lint by one reading of the sources: what the types of a file are found to be for the one is there for the other. Types are checked where
 * `npm run build` does not compile: in tests, and in all of the console. With `npx eslint FILE...` some files are linted by the same configuration.
 */
import { relative } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';

const PROJECTS = ['tsconfig.lint.json', 'apps/console/tsconfig.lint.json'];
const NOT_COMPILED = /^(test|apps\/console)\/|\.test\.tsx?$/;

const programs = PROJECTS.map(programOf);
const mistakes = programs.flatMap(mistakesIn);
if (mistakes.length > 0) console.error(ts.formatDiagnosticsWithColorAndContext(mistakes, hostOfMessages()));

const eslint = new ESLint({
  overrideConfig: {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { programs, project: null } },
  },
});
const results = await eslint.lintFiles(['.']);
const formatter = await eslint.loadFormatter();
process.stdout.write(await formatter.format(results));
const isWrong = results.some(({ errorCount }) => errorCount > 0);
process.exitCode = mistakes.length > 0 || isWrong ? 1 : 0;

function programOf(project) {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => {
      throw new Error(ts.formatDiagnostic(problem, hostOfMessages()));
    },
  };
  const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(project, {}, host);
  if (errors.length > 0) throw new Error(ts.formatDiagnostics(errors, hostOfMessages()));
  return ts.createProgram(fileNames, options);
}

function mistakesIn(program) {
  const files = program.getRootFileNames().flatMap((name) => program.getSourceFile(name) ?? []);
  const checked = files.filter(({ fileName }) => NOT_COMPILED.test(relative('.', fileName)));
  return [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]),
  ];
}

function hostOfMessages() {
  return {
    getCanonicalFileName: (name) => name,
    getCurrentDirectory: () => process.cwd(),
    getNewLine: () => '\n',
  };
}
