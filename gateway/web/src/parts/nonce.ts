/** The word by which this page's own styles are known to the browser, where the server allows no others. */
export function nonce(): string {
  return document.querySelector<HTMLElement>("meta[property=csp-nonce]")?.nonce ?? "";
}
