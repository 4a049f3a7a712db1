/** Times in the reader's own zone and language; in UTC where somebody asks. */

import { useCallback } from "react";

import { useLanguage } from "../words";

type Moment = string | number;

/** The time of day. */
export function useClock(): (at: Moment) => string {
  const language = useLanguage();
  return useCallback((at) => new Date(at).toLocaleTimeString(language, { hourCycle: "h23" }), [language]);
}

/** The time of day where it is of today, else with its date. */
export function useMoment(): (at: Moment) => string {
  const language = useLanguage();
  return useCallback(
    (at) => {
      const date = new Date(at);
      const isToday = date.toDateString() === new Date().toDateString();
      return isToday ? date.toLocaleTimeString(language, { hourCycle: "h23" }) : date.toLocaleString(language, { hourCycle: "h23" });
    },
    [language],
  );
}

export function utc(at: Moment): string {
  return `${new Date(at).toISOString().replace("T", " ").slice(0, 19)} UTC`;
}

const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** How long ago: "5 minutes ago". */
export function useAgo(): (at: Moment) => string {
  const language = useLanguage();
  return useCallback(
    (at) => {
      const seconds = Math.max(0, (Date.now() - new Date(at).getTime()) / 1000);
      const [unit, size] = UNITS.find(([, one]) => seconds >= one) ?? ["second", 1];
      return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(-Math.floor(seconds / size), unit);
    },
    [language],
  );
}
