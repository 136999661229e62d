import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { build } from 'esbuild';
import { keyOf } from './schema-key.js';

/** Compiles schemas of an OpenAPI document, each once; in them, objects have no members beyond those that are described. */
export function compilerOf(document) {
  const ajv = ajvOf(document);
  const compiled = new Map();
  return (schema) => {
    const key = keyOf(schema);
    if (!compiled.has(key)) compiled.set(key, ajv.compile(inDocument(schema)));
    return compiled.get(key);
  };
}

/** The text of a module: `validators`, a map of them by `keyOf` each schema of an answer or of a header. To compile them takes longer than most files of tests. */
export async function validatorsText(document) {
  const keys = [...answerSchemas(document)];
  const ajv = ajvOf(document, { code: { source: true } });
  for (const [index, key] of keys.entries()) ajv.addSchema({ $id: `answer:${index}`, ...inDocument(JSON.parse(key)) });
  const names = Object.fromEntries(keys.map((_, index) => [`validate${index}`, `answer:${index}`]));
  const entries = keys.map((key, index) => `[${JSON.stringify(key)}, exports.validate${index}]`);
  const contents = `${standaloneCode.default(ajv, names)}\nexports.validators = new Map([${entries.join(',\n')}]);`;
  // With what the validators require: tests load modules one by one.
  const bundle = await build({
    stdin: { contents: `export { validators } from 'validators';`, resolveDir: import.meta.dirname },
    plugins: [given('validators', contents)],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    logLevel: 'error',
  });
  return bundle.outputFiles[0].text;
}

/** A module by its text, to which packages are known that are known here. */
function given(name, contents) {
  return {
    name,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: name }));
      onLoad({ filter: /.*/, namespace: name }, () => ({ contents, loader: 'js', resolveDir: import.meta.dirname }));
    },
  };
}

function ajvOf(document, options = {}) {
  // The first error is enough; to gather those of a long list takes time that grows with their square.
  const ajv = new Ajv2020({ strict: false, ...options });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document:', components: closed(document.components) });
  return ajv;
}

function answerSchemas({ paths, components, 'x-other-answers': others }) {
  const operations = Object.values(paths).flatMap((item) => Object.values(item));
  const answers = [...operations.map(({ responses = {} }) => responses), components.responses, others];
  const described = answers.flatMap((responses) => Object.values(responses));
  const parts = described.flatMap(({ content = {}, headers = {} }) => [content, headers]);
  const schemas = [...parts, components.headers].flatMap((part) => Object.values(part).map(({ schema }) => schema));
  return new Set(schemas.filter((schema) => schema !== undefined).map(keyOf));
}

/** A schema by itself, with references within the document as references to the document. */
function inDocument(schema) {
  return JSON.parse(JSON.stringify(closed(schema)).replaceAll('"#/components/', '"document:#/components/'));
}

/** The same with each object that has described members closed to others: a member that an answer has is a described one. */
function closed(part) {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map(closed);
  const copy = Object.fromEntries(Object.entries(part).map(([name, member]) => [name, closed(member)]));
  const isOpen = 'properties' in copy && copy.type === 'object' && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
