import "uplot/dist/uPlot.min.css";

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";

import type { Rates } from "./rates";

/** A curve of the rates, drawn on a canvas of its own. */
export default function Chart({ rates, height }: { rates: Rates; height: number }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(rates);
  const isDark = useComputedColorScheme() === "dark";
  useEffect(() => {
    const holder = place.current;
    if (!holder) return;
    const made = new uPlot(looks(holder.clientWidth, height, isDark), dataOf(latest.current), holder);
    const watch = new ResizeObserver(() => made.setSize({ width: holder.clientWidth, height }));
    watch.observe(holder);
    plot.current = made;
    return () => {
      plot.current = null;
      watch.disconnect();
      made.destroy();
    };
  }, [height, isDark]);
  useEffect(() => {
    latest.current = rates;
    plot.current?.setData(dataOf(rates));
  }, [rates]);
  return <div ref={place} style={{ width: "100%", height, overflow: "hidden" }} />;
}

function dataOf({ times, counts }: Rates): uPlot.AlignedData {
  return [times, counts];
}

function looks(width: number, height: number, isDark: boolean): uPlot.Options {
  const [line, text, grid] = isDark ? ["#38d9a9", "#c9c9c9", "#424242"] : ["#087f5b", "#495057", "#dee2e6"];
  const axis = { stroke: text, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 } };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(5, most * 1.1)] } },
    series: [{}, { stroke: line, width: 2, fill: `${line}22`, points: { show: false } }],
    axes: [{ ...axis, space: 80, values: (_, splits) => splits.map((at) => new Date(at * 1000).toLocaleTimeString("en-GB")) }, { ...axis, size: 44 }],
  } as uPlot.Options;
}
