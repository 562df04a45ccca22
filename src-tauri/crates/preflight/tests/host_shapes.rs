//! The shapes of distributions, through a folder that stands for the root of the host.

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{Local, gather, json as file, setting};

/// Name, files by their paths, and platform, version and family.
type Case = (&'static str, &'static [(&'static str, &'static str)], [&'static str; 3]);

fn root(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, content).expect("written");
    }
    folder
}

async fn seen(folder: &Path, asked: Value) -> longshore_preflight::HostGathered {
    let setting = longshore_preflight::Setting { root: folder.display().to_string(), ..setting() };
    gather(asked, &Local::new("sh"), &setting).await
}

#[tokio::test]
async fn distributions_are_called_as_upstream_calls_them() {
    const REDHAT: &str =
        "NAME=\"Red Hat Enterprise Linux\"\nVERSION_ID=\"9.4\"\nID=\"rhel\"\nID_LIKE=\"fedora\"\n";
    const SLES: &str =
        "NAME=\"SLES\"\nVERSION=\"15-SP6\"\nVERSION_ID=\"15.6\"\nID=\"sles\"\nID_LIKE=\"suse\"\n";
    let cases: &[Case] = &[
        (
            "Debian",
            &[("etc/debian_version", "12.11\n"), ("etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")],
            ["debian", "12.11", "debian"],
        ),
        ("Debian testing", &[("etc/debian_version", "trixie/sid\n")], ["debian", "trixie/sid", "debian"]),
        (
            "Ubuntu",
            &[
                ("etc/debian_version", "bookworm/sid\n"),
                (
                    "etc/lsb-release",
                    "DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\nDISTRIB_DESCRIPTION=\"Ubuntu 24.04 LTS\"\n",
                ),
                ("etc/os-release", "ID=ubuntu\nVERSION_ID=\"24.04\"\n"),
            ],
            ["ubuntu", "24.04", "debian"],
        ),
        (
            "RHEL",
            &[
                ("etc/redhat-release", "Red Hat Enterprise Linux release 9.4 (Plow)\n"),
                ("etc/os-release", REDHAT),
            ],
            ["redhat", "9.4", "rhel"],
        ),
        (
            "Rocky",
            &[("etc/redhat-release", "Rocky Linux release 8.10 (Green Obsidian)\n")],
            ["rocky", "8.10", "rhel"],
        ),
        (
            "AlmaLinux",
            &[("etc/redhat-release", "AlmaLinux release 9.5 (Teal Serval)\n")],
            ["almalinux", "9.5", "rhel"],
        ),
        (
            "CentOS 7",
            &[("etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n")],
            ["centos", "7.9.2009", "rhel"],
        ),
        (
            "Oracle",
            &[
                ("etc/oracle-release", "Oracle Linux Server release 8.9\n"),
                ("etc/redhat-release", "Red Hat Enterprise Linux release 8.9 (Ootpa)\n"),
            ],
            ["oracle", "8.9", "rhel"],
        ),
        (
            "Amazon Linux 2",
            &[
                ("etc/system-release", "Amazon Linux release 2 (Karoo)\n"),
                ("etc/os-release", "ID=\"amzn\"\nVERSION_ID=\"2\"\n"),
            ],
            ["amazon", "2", "rhel"],
        ),
        ("Fedora", &[("etc/redhat-release", "Fedora release 40 (Forty)\n")], ["fedora", "40", "fedora"]),
        ("SLES", &[("etc/os-release", SLES)], ["sles", "15.6", "suse"]),
        (
            "SLES 12",
            &[
                (
                    "etc/SuSE-release",
                    "SUSE Linux Enterprise Server 12 (x86_64)\nVERSION = 12\nPATCHLEVEL = 5\n",
                ),
                ("etc/os-release", SLES),
            ],
            ["suse", "12.5", "suse"],
        ),
        (
            "openSUSE Leap",
            &[("etc/os-release", "ID=\"opensuse-leap\"\nVERSION_ID=\"15.6\"\n")],
            ["opensuse-leap", "15.6", "suse"],
        ),
        (
            "Alpine",
            &[("etc/alpine-release", "3.20.3\n"), ("etc/os-release", "ID=alpine\nVERSION_ID=3.20.3\n")],
            ["alpine", "3.20.3", "alpine"],
        ),
        ("Arch", &[("etc/arch-release", "Arch\n"), ("etc/os-release", "ID=arch\n")], ["arch", "", "arch"]),
        (
            "only below /usr",
            &[("usr/lib/os-release", "ID='rocky'\nVERSION_ID='9.1'\n")],
            ["rocky", "9.1", "rhel"],
        ),
        ("nothing", &[], ["", "", ""]),
    ];
    for (name, files, [platform, version, family]) in cases {
        let folder = root(files);
        let found = seen(folder.path(), json!([{ "hostOS": {} }])).await;
        let os = file(&found.gathered, "host-collectors/system/hostos_info.json");
        let said = [&os["platform"], &os["platformVersion"], &os["platformFamily"]];
        assert_eq!(said, [*platform, *version, *family], "{name}");
    }
}

#[tokio::test]
async fn processors_are_counted_without_their_folders() {
    let one = |at: usize| {
        format!("processor\t: {at}\nphysical id\t: {}\ncpu cores\t: 2\nflags\t\t: fpu abm sse2\n\n", at / 4)
    };
    let info: String = (0..8).map(one).collect();
    let folder = root(&[("proc/cpuinfo", &info)]);
    let cpu =
        file(&seen(folder.path(), json!([{ "cpu": {} }])).await.gathered, "host-collectors/system/cpu.json");
    assert_eq!((&cpu["logicalCount"], &cpu["physicalCount"]), (&json!(8), &json!(4)), "{cpu}");
    let folder = root(&[("proc/stat", "cpu  1 2 3\ncpu0 1\ncpu1 1\nintr 5\n")]);
    let cpu =
        file(&seen(folder.path(), json!([{ "cpu": {} }])).await.gathered, "host-collectors/system/cpu.json");
    assert_eq!(cpu["logicalCount"], 2, "{cpu}");
}

#[tokio::test]
async fn no_proc_is_said() {
    let folder = root(&[("etc/os-release", "ID=alpine\n")]);
    let asked = json!([{ "cpu": {} }, { "memory": {} }, { "subnetAvailable": { "CIDRRangeAlloc": "10.0.0.0/8", "desiredCIDR": 16 } }, { "hostOS": {} }]);
    let found = seen(folder.path(), asked).await;
    let refused =
        |path: &str| found.gathered.refused.get(path).map(|why| why.words().to_owned()).unwrap_or_default();
    assert!(
        refused("host-collectors/system/cpu.json").contains("neither /proc/cpuinfo nor /proc/stat"),
        "{found:?}"
    );
    assert_eq!(refused("host-collectors/system/memory.json"), "the host has no /proc/meminfo");
    assert_eq!(refused("host-collectors/subnetAvailable/result.json"), "the host has no /proc/net/route");
    assert!(
        found.gathered.files.contains_key("host-collectors/system/hostos_info.json"),
        "the others are there"
    );
}
