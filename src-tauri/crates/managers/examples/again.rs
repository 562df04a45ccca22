//! Runs the built-in checks on a host over a connection that is open already, and prints the seconds they take:
//! `again [USER@]HOST[:PORT] KEY KNOWN_HOSTS TIMES`.

use std::sync::Arc;
use std::time::Instant;

use longshore_contract::{SshSettings, Timestamp};
use longshore_managers::reach::{Reached, Way, named, reach};
use longshore_preflight::{HostDefaults, Setting, check_host};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [host, key, known, times] = words.as_slice() else {
        return Err("[USER@]HOST[:PORT] KEY KNOWN_HOSTS TIMES are needed".into());
    };
    let ssh = SshSettings {
        config: "none".to_owned(),
        identities: vec![key.clone()],
        known_hosts: known.clone(),
        ..SshSettings::default()
    };
    let way = named(&[Way::from(host)], false, &Arc::new(ssh)).map_err(|wrong| format!("{wrong:?}"))?;
    let asked = match reach(&way[0].1).await {
        Reached::Host(asked) => asked,
        Reached::Not { why, .. } => return Err(why.into()),
    };
    let spec = HostDefaults::default().spec()?;
    for time in 0..times.parse()? {
        let started = Instant::now();
        let setting = Setting::new(format!("{time:032x}"), Timestamp(0));
        let report = check_host(&spec, host, &asked, &setting, &mut |_| ()).await;
        println!("{} {}", started.elapsed().as_secs_f64(), report.report.results.len());
    }
    Ok(())
}
