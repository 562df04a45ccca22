interface Sample {
  done: number;
  at: number;
  rate: number | null;
}

/** Bytes per second by key, smoothed over about three seconds. Unknown until two readings are far enough apart. */
export class RateMeter {
  private readonly samples = new Map<string, Sample>();

  read(key: string, done: number, now: number): number | null {
    const before = this.samples.get(key);
    if (!before || done < before.done) {
      this.samples.set(key, { done, at: now, rate: null });
      return null;
    }
    const seconds = (now - before.at) / 1000;
    if (seconds < 0.25) return before.rate;
    const fresh = (done - before.done) / seconds;
    const weight = 1 - Math.exp(-seconds / 3);
    const rate = before.rate === null ? fresh : before.rate + (fresh - before.rate) * weight;
    this.samples.set(key, { done, at: now, rate });
    return rate;
  }

  forget(key: string): void {
    this.samples.delete(key);
  }
}
