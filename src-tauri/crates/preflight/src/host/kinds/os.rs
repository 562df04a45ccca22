//! `hostOS`: which distribution, which kernel. Distributions are told apart in the order of upstream's library, so that
//! a derivative that keeps its parent's file is called as upstream calls it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::json;

use super::{Asked, Built, Facts, Plan, Probe, Refusal, files as small};

const PATH: &str = "host-collectors/system/hostos_info.json";

const SH: &str = r#"
kernel() {
  V release "$(uname -r)"
  V host "$(uname -n)"
  [ -e "$R/usr/bin/raspi-config" ] && V raspi 1
  if [ ! -e "$R/etc/lsb-release" ] && [ -z "$R" ] && has lsb_release; then V lsb "$(lsb_release -si) $(lsb_release -sr)"; fi
}"#;

const SOURCES: &[&str] = &[
    "/etc/lsb-release",
    "/etc/oracle-release",
    "/etc/enterprise-release",
    "/etc/slackware-version",
    "/etc/debian_version",
    "/etc/neokylin-release",
    "/etc/redhat-release",
    "/etc/system-release",
    "/etc/gentoo-release",
    "/etc/SuSE-release",
    "/etc/arch-release",
    "/etc/alpine-release",
    "/etc/os-release",
    "/usr/lib/os-release",
];

const FAMILIES: &[(&str, &[&str])] = &[
    ("debian", &["debian", "ubuntu", "linuxmint", "raspbian", "Kylin", "cumuluslinux", "uos", "Deepin"]),
    ("fedora", &["fedora"]),
    (
        "rhel",
        &[
            "oracle",
            "centos",
            "redhat",
            "scientific",
            "enterpriseenterprise",
            "amazon",
            "xenserver",
            "cloudlinux",
            "ibm_powerkvm",
            "rocky",
            "almalinux",
        ],
    ),
    (
        "suse",
        &[
            "suse",
            "opensuse",
            "opensuse-leap",
            "opensuse-tumbleweed",
            "opensuse-tumbleweed-kubic",
            "sles",
            "sled",
            "caasp",
        ],
    ),
    ("gentoo", &["gentoo"]),
    ("slackware", &["slackware"]),
    ("arch", &["arch"]),
    ("exherbo", &["exherbo"]),
    ("alpine", &["alpine"]),
    ("coreos", &["coreos"]),
    ("solus", &["solus"]),
    ("neokylin", &["neokylin"]),
    ("anolis", &["anolis"]),
];

/// A probe that tells the kernel's release.
pub(super) fn kernel() -> Probe {
    Probe::shared("kernel", SH)
}

pub(super) fn files(_: &Asked<'_>) -> Vec<String> {
    vec![PATH.to_owned()]
}

pub(super) fn plan(_: &Asked<'_>) -> Result<Plan, String> {
    Ok(Plan::new(vec![kernel(), small(SOURCES)], |facts| {
        let told = facts.of(&kernel())?;
        let (platform, version) = platform(facts)?;
        let family = FAMILIES.iter().find(|(_, members)| members.contains(&platform.as_str()));
        let value = json!({
            "name": told.value("host")?,
            "kernelVersion": told.value("release")?,
            "platformVersion": version,
            "platform": platform,
            "platformFamily": family.map_or("", |(family, _)| family),
        });
        Ok(Built::json(PATH.to_owned(), &value))
    }))
}

/// `ID` and `VERSION_ID` of os-release.
pub(super) fn os_release(facts: &Facts<'_>) -> Result<(String, String), Refusal> {
    let mut text = facts.text_of("/etc/os-release")?;
    if text.is_empty() {
        text = facts.text_of("/usr/lib/os-release")?;
    }
    let field = |name: &str| {
        let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()
    };
    Ok((field("ID"), field("VERSION_ID")))
}

fn platform(facts: &Facts<'_>) -> Result<(String, String), Refusal> {
    let told = facts.of(&kernel())?;
    let (lsb_id, lsb_release) = lsb(&facts.text_of("/etc/lsb-release")?, told.value("lsb")?);
    let (mut first, mut text) = ("", std::borrow::Cow::Borrowed(""));
    for source in &SOURCES[1..12] {
        text = facts.text_of(source)?;
        if !text.is_empty() {
            first = source.trim_start_matches("/etc/");
            break;
        }
    }
    let own = |name: &str| Ok((name.to_owned(), redhat_version(&text)));
    match first {
        "oracle-release" | "enterprise-release" => own("oracle"),
        "slackware-version" => {
            let version = text.trim().trim_start_matches("Slackware").trim().to_owned();
            Ok(("slackware".to_owned(), version.to_lowercase()))
        }
        "debian_version" => Ok(debian(&lsb_id, lsb_release, &text, told.has("raspi"))),
        "neokylin-release" => own("neokylin"),
        "redhat-release" | "system-release" => own(&redhat_platform(&text)),
        "gentoo-release" => own("gentoo"),
        "SuSE-release" => Ok(suse(&text)),
        "arch-release" => Ok(("arch".to_owned(), lsb_release)),
        "alpine-release" => Ok(("alpine".to_owned(), line(&text))),
        _ => {
            let (id, version) = os_release(facts)?;
            let lsb_id = lsb_id.to_lowercase();
            Ok(match id.as_str() {
                "amzn" => ("amazon".to_owned(), version),
                "" if lsb_id == "scientificsl" => ("scientific".to_owned(), lsb_release),
                "" => (lsb_id, lsb_release),
                _ => (id, version),
            })
        }
    }
}

fn line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

fn lsb(file: &str, said: &str) -> (String, String) {
    if file.is_empty() {
        let (id, release) = said.rsplit_once(' ').unwrap_or_default();
        return (id.to_owned(), release.to_owned());
    }
    let field = |name: &str| {
        let value = file.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        value.unwrap_or_default().trim().trim_matches('"').to_owned()
    };
    (field("DISTRIB_ID"), field("DISTRIB_RELEASE"))
}

fn debian(lsb_id: &str, lsb_release: String, text: &str, raspi: bool) -> (String, String) {
    let platform = match lsb_id {
        "Ubuntu" => "ubuntu",
        "LinuxMint" => "linuxmint",
        "Kylin" => "Kylin",
        "Cumulus Linux" => "cumuluslinux",
        "uos" => "uos",
        "Deepin" => "Deepin",
        _ => return ((if raspi { "raspbian" } else { "debian" }).to_owned(), line(text)),
    };
    (platform.to_owned(), lsb_release)
}

static RELEASE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"release (\w[\d.]*)").ok());

fn redhat_version(text: &str) -> String {
    let text = text.to_lowercase();
    if text.contains("rawhide") {
        return "rawhide".to_owned();
    }
    let found = RELEASE.as_ref().and_then(|form| form.captures(&text));
    found.map(|found| found[1].to_owned()).unwrap_or_default()
}

fn redhat_platform(text: &str) -> String {
    let text = text.to_lowercase();
    if text.contains("red hat") {
        return "redhat".to_owned();
    }
    text.split(' ').next().unwrap_or_default().trim().to_owned()
}

fn suse(text: &str) -> (String, String) {
    let text = text.to_lowercase();
    let number = |name: &str| {
        let value = text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix('='));
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let version = number("version").unwrap_or_default();
    let version = number("patchlevel").map_or(version.clone(), |level| format!("{version}.{level}"));
    ((if text.contains("opensuse") { "opensuse" } else { "suse" }).to_owned(), version)
}
