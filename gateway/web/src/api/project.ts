/**
 * The project that the pages are about, which the address begins with: `/p/NAME/components`; the server's own where it
 * names none. Another one is another page: nothing of the one before is left.
 */

const NAMED = /^\/p\/([^/]+)/.exec(location.pathname)?.[1];

export const project = NAMED && decoded(NAMED);
/** What every address of the pages begins with. */
export const base = NAMED ? `/p/${NAMED}` : "";

/** Where the pages about a project begin; `own` is the server's. */
export function home(name: string, own: string): string {
  return name === own ? "" : `/p/${encodeURIComponent(name)}`;
}

/** A name that was cut off is asked for as it stands: the server knows none such, and says so. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
