//! Facts of a host: one small script of plain sh, and what is read of its answer.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use longshore_contract::{HostDisk, HostFacts};
use longshore_remote::{Command, Exit, Host, RemoteError, Sink, Stream};

/// Prints a name, a tab and a value on each line. Works with busybox; what a host has no tool for is not printed.
/// The clock comes first, so that little lies between its reading and its arrival.
const SCRIPT: &str = r#"
LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
say() { printf '\n@%s\t%s' "$1" "$2"; }
say clock "$(date +%s%N 2>/dev/null || date +%s)"
printf '\n'
say name "$(hostname 2>/dev/null || cat /proc/sys/kernel/hostname 2>/dev/null)"
say kernel "$(uname -r)"
say machine "$(uname -m)"
say user "$(id -un 2>/dev/null)"
for file in /etc/os-release /usr/lib/os-release; do
[ -r "$file" ] || continue
say os "$(sed -n 's/^PRETTY_NAME=//p' "$file" | tr -d '\042\047' | head -n 1)"
break
done
say cpus "$(nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo 2>/dev/null)"
say memory "$(sed -n 's/^MemTotal:[^0-9]*\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
say swap "$(sed -n 's/^SwapTotal:[^0-9]*\([0-9]*\).*/\1/p' /proc/meminfo 2>/dev/null)"
say uptime "$(cut -d. -f1 /proc/uptime 2>/dev/null)"
df -Pk 2>/dev/null | while read -r device size used free share mount; do
case $size in *[!0-9]*|'') continue;; esac
say disk "$size $free $device $mount"
done
ip -o addr show 2>/dev/null | while read -r number name family address rest; do
case $family in inet|inet6) say address "$name $address";; esac
done
for tool in containerd crio dockerd podman; do
command -v "$tool" >/dev/null 2>&1 && say runtime "$tool $("$tool" --version 2>/dev/null </dev/null | head -n 1)"
done
for tool in kubelet k3s rke2; do
command -v "$tool" >/dev/null 2>&1 && say kubernetes "$tool $("$tool" --version 2>/dev/null </dev/null | head -n 1)"
done
command -v k0s >/dev/null 2>&1 && say kubernetes "k0s $(k0s version 2>/dev/null </dev/null | head -n 1)"
say end ''
printf '\n'
"#;

/// The longest that reading facts may take.
const LIMIT: Duration = Duration::from_secs(30);
/// Bytes of an answer that are looked at.
const ANSWER: usize = 256 << 10;

/// Keeps the answer, and when its first fact came.
struct Answer {
    out: Vec<u8>,
    complaint: Vec<u8>,
    clock_at: Option<i64>,
}

impl Sink for Answer {
    fn piece(&mut self, stream: Stream, bytes: &[u8]) {
        let kept = if stream == Stream::Stderr { &mut self.complaint } else { &mut self.out };
        let room = ANSWER.saturating_sub(kept.len());
        kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
        // What is beyond the limit is not looked at either, however much of it there is.
        if room > 0 && self.clock_at.is_none() && self.out.windows(7).any(|part| part == b"\n@clock") {
            self.clock_at = Some(milliseconds(SystemTime::now()));
        }
    }
}

fn milliseconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Reads a host's facts. Nothing is left there, and no root is needed.
///
/// # Errors
/// When the host's shell does not run it, with the reason in words.
pub(super) async fn read(host: &dyn Host) -> Result<HostFacts, String> {
    let command = Command::program(["sh", "-s"]).stdin(SCRIPT.as_bytes().to_vec()).within(LIMIT);
    let mut answer = Answer { out: Vec::new(), complaint: Vec::new(), clock_at: None };
    let scrub = |error: RemoteError| host.redactor().scrub(&error.to_string());
    let exit = host.exec(&command, &mut answer).await.map_err(scrub)?;
    let text = String::from_utf8_lossy(&answer.out).into_owned();
    if !text.contains("\n@end\t") {
        let said = String::from_utf8_lossy(&answer.complaint).trim().to_owned();
        let said =
            if said.is_empty() { String::new() } else { format!(": {}", host.redactor().scrub(&said)) };
        let ended = match exit {
            Exit::Status(0) => "the answer is not whole".to_owned(),
            other => format!("the shell ended with {other}"),
        };
        return Err(format!("{}: its facts could not be read, {ended}{said}", host.name()));
    }
    let half = host.round_trip().map_or(0, |trip| i64::try_from(trip.as_millis() / 2).unwrap_or_default());
    Ok(understood(&text, answer.clock_at.map(|at| at - half)))
}

/// What the answer says. `at` is when the clock was read, in milliseconds of this machine's clock.
fn understood(text: &str, at: Option<i64>) -> HostFacts {
    let mut facts = HostFacts::default();
    for line in text.lines() {
        let Some((name, value)) = line.strip_prefix('@').and_then(|line| line.split_once('\t')) else {
            continue;
        };
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        let number = || value.parse::<u64>().unwrap_or_default();
        match name {
            "clock" => facts.skew = skew(value, at),
            "name" => value.clone_into(&mut facts.name),
            "os" => value.clone_into(&mut facts.os),
            "kernel" => value.clone_into(&mut facts.kernel),
            "machine" => value.clone_into(&mut facts.machine),
            "user" => value.clone_into(&mut facts.user),
            "cpus" => facts.cpus = u32::try_from(number()).unwrap_or_default(),
            "memory" => facts.memory = number().saturating_mul(1024),
            "swap" => facts.swap = number().saturating_mul(1024),
            "uptime" => facts.uptime = number(),
            "disk" => facts.disks.extend(disk(value)),
            "address" if !value.starts_with("lo ") => facts.addresses.push(value.to_owned()),
            "runtime" => facts.runtimes.push(versioned(value)),
            "kubernetes" => facts.kubernetes.push(versioned(value)),
            _ => {}
        }
    }
    facts.disks.sort_by(|a, b| (a.mount != "/", &a.mount).cmp(&(b.mount != "/", &b.mount)));
    facts
}

/// How far a clock is ahead: nanoseconds since 1970, or seconds from a `date` that knows no better.
fn skew(value: &str, at: Option<i64>) -> i64 {
    let digits: String = value.chars().take_while(char::is_ascii_digit).collect();
    let Some(at) = at else { return 0 };
    let Ok(number) = digits.parse::<i64>() else { return 0 };
    if digits.len() > 12 {
        return number / 1_000_000 - at;
    }
    // Whole seconds: less than one is no difference that could be known.
    let apart = number.saturating_mul(1000) + 500 - at;
    if apart.abs() < 1000 { 0 } else { apart }
}

/// `size free device mount`, in KiB; `None` for what holds no data of its own.
fn disk(value: &str) -> Option<HostDisk> {
    let mut words = value.splitn(4, ' ');
    let size: u64 = words.next()?.parse().ok()?;
    let free: u64 = words.next()?.parse().ok()?;
    let (device, mount) = (words.next()?, words.next()?.trim());
    let real = mount == "/" || (device.starts_with('/') && !device.starts_with("/dev/loop"));
    // Containers mount single files of the host; they are no file systems of their own.
    let pods = mount.starts_with("/var/lib/kubelet/pods/") || mount.starts_with("/etc/");
    (real && !pods && size > 0).then(|| HostDisk {
        mount: mount.to_owned(),
        device: device.to_owned(),
        size: size.saturating_mul(1024),
        free: free.saturating_mul(1024),
    })
}

/// A tool's name and the version in its line.
fn versioned(value: &str) -> String {
    let (tool, line) = value.split_once(' ').unwrap_or((value, ""));
    let version = line.split([' ', ',']).find_map(|word| {
        let plain = word.strip_prefix('v').unwrap_or(word);
        (plain.starts_with(|c: char| c.is_ascii_digit()) && plain.contains('.')).then_some(plain)
    });
    version.map_or_else(|| tool.to_owned(), |version| format!("{tool} {version}"))
}

#[cfg(test)]
mod tests {
    use super::{skew, understood, versioned};

    const ANSWER: &str = "Welcome to the harbour\n\n@clock\t1764115200500000000\n\n@name\tnorth\n@os\tDebian GNU/Linux 12 (bookworm)\
        \n@kernel\t6.1.0\n@machine\tx86_64\n@user\troot\n@cpus\t4\n@memory\t8000000\n@swap\t0\n@uptime\t86400\
        \n@disk\t1000 10 tmpfs /run\n@disk\t2000 1500 /dev/sdb1 /var/lib/data with space\n@disk\t9000 4000 /dev/sda1 /\
        \n@disk\t50 0 /dev/loop3 /snap/core\n@address\tlo 127.0.0.1/8\n@address\teth0 10.0.0.1/24\
        \n@runtime\tcontainerd containerd github.com/containerd/containerd v1.7.2 abc\n@kubernetes\tkubelet Kubernetes v1.34.2\n@end\t\n";

    #[test]
    fn an_answer_is_understood() {
        let facts = understood(ANSWER, Some(1_764_115_200_000));
        assert_eq!((facts.name.as_str(), facts.cpus, facts.memory), ("north", 4, 8_192_000_000), "{facts:?}");
        assert_eq!(facts.skew, 500, "half a second ahead");
        let mounts: Vec<_> = facts.disks.iter().map(|disk| disk.mount.as_str()).collect();
        assert_eq!(mounts, ["/", "/var/lib/data with space"], "the root first, and only what holds data");
        assert_eq!(facts.addresses, ["eth0 10.0.0.1/24"]);
        assert_eq!(facts.runtimes, ["containerd 1.7.2"]);
        assert_eq!(facts.kubernetes, ["kubelet 1.34.2"]);
    }

    #[test]
    fn a_clock_without_fractions_is_not_overrated() {
        assert_eq!(skew("1764115200", Some(1_764_115_200_900)), 0, "within its second");
        assert_eq!(skew("1764118800N", Some(1_764_115_200_500)), 3_600_000, "an hour ahead");
        assert_eq!(skew("", Some(5)), 0);
    }

    #[test]
    fn versions_are_found_in_what_tools_say() {
        assert_eq!(versioned("dockerd Docker version 24.0.7, build 311b9ff"), "dockerd 24.0.7");
        assert_eq!(versioned("k0s v1.30.1+k0s.0"), "k0s 1.30.1+k0s.0");
        assert_eq!(versioned("podman"), "podman");
    }
}
