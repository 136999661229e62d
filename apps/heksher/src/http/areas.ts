/** Where clients find out whose tokens are taken (RFC 9728). */
export const METADATA_PATH = '/.well-known/oauth-protected-resource';

export type AreaName = 'api' | 'ofrep' | 'health' | 'documents' | 'metadata' | 'other';

/** A part of the URL space, with all that depends on where a request goes before it is routed. */
export type Area = Readonly<{
  name: AreaName;
  /** Pages of other origins may use it, where the operator allows them. */
  isShared: boolean;
  /** Not served with DOC_ONLY=true. */
  needsDatabase: boolean;
}>;

const API: Area = { name: 'api', isShared: true, needsDatabase: true };
const OFREP: Area = { name: 'ofrep', isShared: true, needsDatabase: true };
const HEALTH: Area = { name: 'health', isShared: true, needsDatabase: false };
const DOCUMENTS: Area = { name: 'documents', isShared: false, needsDatabase: false };
const METADATA: Area = { name: 'metadata', isShared: true, needsDatabase: true };
const OTHER: Area = { name: 'other', isShared: false, needsDatabase: true };

/** The first that a path is at or below counts. */
const AREAS: readonly (readonly [path: string, below: string, area: Area])[] = (
  [
    ['/api/health', HEALTH],
    ['/api', API],
    ['/ofrep', OFREP],
    ['/docs', DOCUMENTS],
    ['/redoc', DOCUMENTS],
    ['/openapi.json', DOCUMENTS],
    ['/console', DOCUMENTS],
    [METADATA_PATH, METADATA],
  ] as const
).map(([path, area]) => [path, `${path}/`, area]);

/** @param path as it was sent, without the base path and the query string; case counts */
export function areaOf(path: string): Area {
  for (const [at, below, area] of AREAS) if (path.startsWith(below) || path === at) return area;
  // Nothing but a link to the documents.
  return path === '/' ? DOCUMENTS : OTHER;
}
