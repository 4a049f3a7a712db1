import { useMoment, utc } from "./time";

/** A moment, local; in UTC on hover. */
export function Time({ at }: { at: string }) {
  const moment = useMoment();
  return (
    <time dateTime={at} title={utc(at)} style={{ whiteSpace: "nowrap" }}>
      {moment(at)}
    </time>
  );
}
