import { Text } from "@mantine/core";
import { lazy, Suspense } from "react";

import { useWords } from "../../words";
import { Card } from "./Card";
import { short, useRates } from "./rates";
import { words } from "./words";

/** Where the curve cannot be fetched, because the server has just gone, the words beside it are enough. */
const Chart = lazy(() => import("./Chart").catch(() => ({ default: () => <></> })));
const HEIGHT = 140;
/** Seconds over which what is said of now is taken. */
const NOW = 5;

/** Events a second: as a curve, and in words. */
export function Rate() {
  const say = useWords(words);
  const rates = useRates();
  const counts = rates.counts.filter((count) => count !== null);
  const now = mean(counts.slice(-NOW)), all = mean(counts), most = Math.max(0, ...counts);
  return (
    <Card title={say("rate")} beside={<Text size="sm">{say("rateNow", short(now))}</Text>}>
      <div role="img" aria-label={say("rateText", short(now), most, short(all))} style={{ height: HEIGHT }}>
        <Suspense>
          <Chart rates={rates} height={HEIGHT} />
        </Suspense>
      </div>
    </Card>
  );
}

function mean(counts: number[]): number {
  return counts.reduce((sum, one) => sum + one, 0) / Math.max(1, counts.length);
}
