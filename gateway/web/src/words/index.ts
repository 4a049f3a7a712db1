/** The words of each screen, in the reader's language: a table beside the screen, in which no language lacks a word. */

import { useSyncExternalStore } from "react";

export const LANGUAGES = { en: "English", ko: "한국어" } as const;
export type Language = keyof typeof LANGUAGES;
export type Words<Name extends string> = Record<Language, Record<Name, string>>;

const listeners = new Set<() => void>();
let language: Language = stored() ?? (navigator.language.startsWith("ko") ? "ko" : "en");
document.documentElement.lang = language;

function stored(): Language | null {
  const found = localStorage.getItem("language");
  return found === "en" || found === "ko" ? found : null;
}

export function chooseLanguage(chosen: Language): void {
  language = chosen;
  localStorage.setItem("language", chosen);
  document.documentElement.lang = chosen;
  listeners.forEach((listener) => listener());
}

export function useLanguage(): Language {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => language,
  );
}

export type Say<Name extends string> = (name: Name, ...values: (string | number)[]) => string;

/** `say("versions", 3)` where the words are "{0} {0|version|versions}": a value, and what is said of one or of many. */
export function useWords<Name extends string>(words: Words<Name>): Say<Name> {
  const table = words[useLanguage()];
  return (name, ...values) =>
    table[name].replace(/\{(\d)(?:\|([^|}]*)\|([^}]*))?\}/g, (_, number, one, many) => {
      const value = String(values[Number(number)] ?? "");
      return many === undefined ? value : value === "1" ? one : many;
    });
}
