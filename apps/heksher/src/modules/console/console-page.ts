/**
 * The page with the address that those in it are relative to, which is itself relative: the browser alone knows what gateways took away.
 * @param path below which it was asked for, such as `/console/settings/a.b`; not decoded
 */
export function pageAt(html: string, path: string): string {
  return html.replace('<head>', `<head>\n    <base href="${baseAt(path)}" />`);
}

/** From `path` to `/console/`: `/console` → `console/`, `/console/settings` → `./`, `/console/settings/a.b` → `../`. */
export function baseAt(path: string): string {
  const depth = path.split('/').length - 3;
  if (depth < 0) return 'console/';
  return depth === 0 ? './' : '../'.repeat(depth);
}

/**
 * Content Security Policy of the console: its own scripts and styles, no text as a script, nothing of another host, but for the one
 * that gives people their tokens.
 * @param tokenUrl undefined: nobody signs in there
 */
export function consolePolicy(tokenUrl?: string): string {
  const issuer = tokenUrl === undefined ? '' : ` ${new URL(tokenUrl).origin}`;
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self'${issuer}`,
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
