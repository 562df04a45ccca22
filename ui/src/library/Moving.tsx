import { bytes, duration, rate } from "../components/format";
import { Progress } from "../components/Progress";
import { useNow } from "../components/Time";
import { RateMeter } from "../engine/rate";

const meter = new RateMeter();

export interface MovingProps {
  id: string;
  label: string;
  done: number;
  total: number;
  /** Bytes a second, where somebody measured that nearer by; measured here when not given. */
  speed?: number;
}

/** Bytes on their way: how many, how fast, how long still. */
export function Moving({ id, label, done, total, speed: told }: MovingProps) {
  const measured = meter.read(id, done, useNow());
  const speed = told ?? measured;
  const known = total > 0;
  const parts = [known ? `${bytes(done)} of ${bytes(total)}` : bytes(done)];
  if (speed !== null && speed > 0) {
    parts.push(rate(speed));
    if (known && done < total) parts.push(`${duration(((total - done) / speed) * 1000)} left`);
  }
  return <Progress label={label} done={done} total={known ? total : null} words={parts.join(", ")} />;
}
