import { type DeclarationForm } from '../editors/declaration.js';

type Snippet = Readonly<{ title: string; text: string }>;

/** A declaration for who pastes it: as JSON, for a shell, and for the client of this service. */
export function snippetsOf(form: DeclarationForm, body: string): readonly Snippet[] {
  const url = new URL('../api/v1/settings/declare', document.baseURI).href;
  return [
    { title: 'curl command', text: `curl -s ${url} -d '${body.replaceAll("'", "'\\''")}'` },
    { title: 'TypeScript', text: typescript(form, body) },
    {
      title: 'JSON',
      text: body
        .replace(/^\{/, '{\n  ')
        .replace(/,"(?=(type|default_value|configurable_features|metadata|version)")/g, ',\n  "')
        .replace(/\}$/, '\n}'),
    },
  ];
}

function typescript(form: DeclarationForm, body: string): string {
  const value = /"default_value":(.*),"configurable_features"/s.exec(body)?.[1] ?? 'null';
  const name = form.name.replace(/[._]+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return [
    "import { setting } from '@heksher/client';",
    '',
    `export const ${/^[a-z]/i.test(name) ? name : `the_${name}`} = setting(${JSON.stringify(form.name)}, {`,
    `  type: ${quoted(form.type)},`,
    `  configurableFeatures: [${form.features.map(quoted).join(', ')}],`,
    `  defaultValue: ${value},`,
    '});',
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
