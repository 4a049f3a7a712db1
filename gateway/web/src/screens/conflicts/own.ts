/** What was decided on this very page, so that nobody is told of it as news. */
export const own = new Set<string>();
