import { scopeOf } from '../access/grants.js';
import { type Asset } from './assets.js';
import { type DocumentAccess, type LoginClient } from './document-access.js';

/** A page that shows the document: its address, what it links to in order, and its own script and style. */
export type Page = Readonly<{ path: string; title: string; assets: readonly Asset[] }>;

const BAR_STYLE = `
:root { --ink: #17202a; --accent: #0f6c8c; font-family: system-ui, sans-serif; }
body { margin: 0; background: #fff; color: var(--ink); }
.bar { display: flex; gap: 1.5rem; align-items: baseline; padding: 0.75rem 1.5rem; background: var(--ink); font-size: 0.9rem; }
.bar strong { color: #fff; font-size: 1.1rem; letter-spacing: 0.02em; margin-right: auto; }
.bar a { color: #b9d3de; text-decoration: none; }
.bar a:hover, .bar a[aria-current] { color: #fff; }
.bar a[aria-current] { border-bottom: 2px solid #4fb3d4; }
noscript { display: block; padding: 2rem; }
`;

const SWAGGER_STYLE = `
.swagger-ui .wrapper { max-width: 1240px; padding: 0 24px; }
.swagger-ui .info { margin: 28px 0; }
.swagger-ui .info .title { color: var(--ink); }
.swagger-ui .info .renderedMarkdown { max-width: 60rem; }
.swagger-ui .renderedMarkdown p, .swagger-ui .renderedMarkdown li { line-height: 1.55; }
.swagger-ui .renderedMarkdown code { color: #0b5066; font-weight: 500; }
.swagger-ui .renderedMarkdown table { width: auto; margin: 0 0 1.2em; border-collapse: collapse; }
.swagger-ui .renderedMarkdown table thead tr th, .swagger-ui .renderedMarkdown table tbody tr td,
.swagger-ui .renderedMarkdown table tbody tr td:first-of-type {
  width: auto; min-width: 0; max-width: none; padding: 4px 14px; border: 1px solid #cbd5db; font-size: 14px;
}
.swagger-ui .opblock-tag { font-size: 20px; }
`;

/** Servers there is one of; nothing remains of that part where nobody needs credentials. */
const OPEN_STYLE = `
.swagger-ui .scheme-container { display: none; }
`;
const CONTROLLED_STYLE = `
.swagger-ui .scheme-container { margin: 0; padding: 0 0 16px; background: none; box-shadow: none; }
.swagger-ui .scheme-container .schemes-server-container { display: none; }
`;

const SWAGGER_SCRIPT = `
const ui = SwaggerUIBundle({
  url: 'openapi.json',
  dom_id: '#page',
  deepLinking: true,
  displayRequestDuration: true,
  defaultModelsExpandDepth: 0,
  defaultModelExpandDepth: 3,
  filter: true,
  validatorUrl: null,
  oauth2RedirectUrl: new URL('docs/oauth2-redirect.html', location.href).href,
});
`;

/** Issuers differ in how they are told what a token is for: RFC 8707 has `resource`, others `audience`. */
function loginScript({ clientId, audience }: LoginClient): string {
  const options = {
    clientId,
    scopes: scopeOf('read'),
    usePkceWithAuthorizationCodeGrant: true,
    additionalQueryStringParams: { resource: audience, audience },
  };
  return `ui.initOAuth(${JSON.stringify(options)});\n`;
}

const REDOC_STYLE = `
.bar { position: sticky; top: 0; z-index: 10; height: 1.5rem; }
`;

const REDOC_SCRIPT = `
const bar = document.querySelector('.bar');
Redoc.init(
  'openapi.json',
  {
    scrollYOffset: () => bar.offsetHeight,
    expandResponses: '200,201',
    jsonSampleExpandLevel: 4,
    schemaExpansionLevel: 1,
    sortTagsAlphabetically: false,
    theme: {
      colors: { primary: { main: '#0f6c8c' }, text: { primary: '#17202a' } },
      sidebar: { width: '280px' },
      rightPanel: { backgroundColor: '#17202a' },
      typography: {
        fontFamily: 'system-ui, sans-serif',
        fontSize: '15px',
        headings: { fontFamily: 'system-ui, sans-serif', fontWeight: '600' },
        code: { fontFamily: 'ui-monospace, monospace' },
      },
    },
  },
  document.getElementById('page'),
);
`;

export function pagesWith({ isControlled, login }: DocumentAccess): readonly Page[] {
  const style = BAR_STYLE + SWAGGER_STYLE + (isControlled ? CONTROLLED_STYLE : OPEN_STYLE);
  return [
    {
      path: 'docs',
      title: 'Swagger UI',
      assets: [
        { name: 'swagger-ui.css', from: 'swagger-ui-dist' },
        { name: 'page.css', text: style },
        { name: 'swagger-ui-bundle.js', from: 'swagger-ui-dist' },
        { name: 'page.js', text: SWAGGER_SCRIPT + (login === undefined ? '' : loginScript(login)) },
      ],
    },
    {
      path: 'redoc',
      title: 'Redoc',
      assets: [
        { name: 'page.css', text: BAR_STYLE + REDOC_STYLE },
        { name: 'redoc.standalone.js', from: 'build' },
        { name: 'page.js', text: REDOC_SCRIPT },
      ],
    },
  ];
}

/** Where an issuer sends people back to, in a window of its own, whose script hands on to the page what it was sent. */
export const LOGIN_ASSETS: readonly Asset[] = [
  { name: 'oauth2-redirect.html', from: 'swagger-ui-dist' },
  { name: 'oauth2-redirect.js', from: 'swagger-ui-dist' },
];

/**
 * Content Security Policy: only this service, so that neither page nor document can make a browser contact another host; and where people
 * log in, the one that gives their tokens.
 * @param tokenUrl undefined: nobody logs in
 */
export function contentSecurityPolicy(tokenUrl?: string): string {
  const issuer = tokenUrl === undefined ? '' : ` ${new URL(tokenUrl).origin}`;
  return POLICY.map((directive) => (directive === CONNECT ? directive + issuer : directive)).join('; ');
}

const CONNECT = "connect-src 'self'";

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  // Both pages set styles from their scripts.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  CONNECT,
  // Redoc's search runs in a worker that it makes itself.
  'worker-src blob:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
];

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' " +
  "fill='%2317202a'/%3E%3Cpath d='M4 3h2v4h4V3h2v10h-2V9H6v4H4z' fill='%234fb3d4'/%3E%3C/svg%3E";

/** The page as HTML. All addresses in it are relative, so that it works below any path prefix. */
export function renderPage(
  { path, title, assets }: Page,
  versions: readonly string[],
  pages: readonly Pick<Page, 'path' | 'title'>[],
): string {
  const addresses = assets.map(({ name }, position) => `${path}/${name}?v=${versions[position]}`);
  const styles = addresses.filter((address) => address.includes('.css?'));
  const scripts = addresses.filter((address) => address.includes('.js?'));
  const links = pages.map((page) => {
    const current = page.path === path ? ' aria-current="page"' : '';
    return `<a href="${page.path}"${current}>${page.title}</a>`;
  });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Heksher API · ${title}</title>
<link rel="icon" href="${ICON}">
${styles.map((address) => `<link rel="stylesheet" href="${address}">`).join('\n')}
</head>
<body>
<nav class="bar"><strong>Heksher</strong>${links.join('')}<a href="openapi.json">OpenAPI</a></nav>
<div id="page"></div>
<noscript>This page needs JavaScript; the document it shows is <a href="openapi.json">openapi.json</a>.</noscript>
${scripts.map((address) => `<script src="${address}"></script>`).join('\n')}
</body>
</html>
`;
}
