# Nanoseconds of each fdatasync after a write.
import os, sys, time
name, total, size, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
now = getattr(time, "perf_counter", time.time)
f = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
block, end, done, took = b"\0" * size, now() + seconds, 0, []
while done < total and now() < end:
    os.write(f, block)
    before = now()
    os.fdatasync(f)
    took.append(int((now() - before) * 1e9))
    done += size
sys.stdout.write("\n".join(map(str, took)) + "\n")
