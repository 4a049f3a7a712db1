/** What is written on a filled button: its ground is deep where the page is light, and light where the page is dark. */
export const ON_FILLED = "light-dark(var(--mantine-color-white), var(--mantine-color-black))";
