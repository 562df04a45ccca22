use super::*;

fn interface(name: &str, addresses: &[&str], default: bool) -> Interface {
    let addresses = addresses
        .iter()
        .map(|text| {
            let (address, prefix) = text.split_once('/').expect("address and prefix");
            (address.parse().expect("an address"), prefix.parse().expect("a prefix"))
        })
        .collect();
    Interface { name: name.to_owned(), addresses, default }
}

fn host(name: &str, address: &str, routes: &[&str]) -> HostNetwork {
    let routes = routes
        .iter()
        .map(|text| {
            let (to, interface) = text.split_once(' ').expect("range and interface");
            HostRoute { to: to.parse().expect("a range"), interface: interface.to_owned() }
        })
        .collect();
    HostNetwork { host: name.to_owned(), address: address.parse().expect("an address"), routes }
}

#[test]
fn an_interface_is_chosen() {
    let lo = interface("lo", &["127.0.0.1/8", "::1/128"], false);
    let eth0 = interface("eth0", &["fe80::1/64", "fd00::5/64", "10.0.0.5/24"], true);
    let eth1 = interface("eth1", &["192.168.1.5/24"], false);
    let cali = interface("cali12", &["10.244.0.1/32"], false);
    let bare = interface("eth2", &["fe80::2/64", "169.254.3.4/16"], false);
    let all = [lo.clone(), cali.clone(), bare.clone(), eth1.clone(), eth0.clone()];
    let chosen = |interfaces: &[Interface], wanted| {
        choose(interfaces, wanted).map_or_else(
            |error| error.to_string(),
            |(interface, address)| format!("{} {address}", interface.name),
        )
    };
    let table = [
        (chosen(&all, None), "eth0 10.0.0.5"),
        (chosen(&all, Some("eth1")), "eth1 192.168.1.5"),
        (
            chosen(&all, Some("eth2")),
            "the host has no interface eth2 with an address; choose one of eth1, eth0",
        ),
        (chosen(&[lo.clone(), eth1.clone()], None), "eth1 192.168.1.5"),
        (
            chosen(&[eth1, interface("eth3", &["10.9.0.1/8"], false)], None),
            "no default route tells which interface to use; choose one of eth1, eth3, or add a default route",
        ),
        (chosen(&[lo, cali, bare], None), "the host has no interface with an address; give it one"),
        (chosen(&[interface("eth0", &["fd00::5/64"], true)], None), "eth0 fd00::5"),
    ];
    for (found, expected) in table {
        assert_eq!(found, expected);
    }
}

#[test]
fn networks_are_checked() {
    let hosts = [
        host(
            "north",
            "10.0.0.5",
            &["0.0.0.0/0 eth0", "10.0.0.0/24 eth0", "10.250.0.0/16 tun0", "10.244.0.0/24 cni0"],
        ),
        host("south", "10.0.0.6", &["0.0.0.0/0 eth0", "10.0.0.0/24 eth0", "172.30.0.0/16 "]),
    ];
    let asked = |global: &str, pods: &str, services: &str| {
        let wanted = Networks { global: global.into(), pods: pods.into(), services: services.into() };
        match networks(&wanted, &hosts) {
            Ok((pods, services)) => format!("pods {pods}, services {services}"),
            Err(faults) => faults
                .iter()
                .map(|fault| format!("{}: {}", fault.field, fault.message))
                .collect::<Vec<_>>()
                .join("\n  "),
        }
    };
    let table = [
        ("10.244.0.0/16", "", ""),
        ("10.244.0.0/16", "10.1.0.0/16", "10.2.0.0/16"),
        ("10.244.0.0/16", "10.1.0.0/16", ""),
        ("", "", ""),
        ("10.244.0.0/17", "", ""),
        ("172.16.136.0/16", "", ""),
        ("8.0.0.0/16", "", ""),
        ("10.0.0.0/16", "", ""),
        ("10.250.0.0/16", "", ""),
        ("", "10.244.0.0/16", "10.244.128.0/17"),
        ("", "172.30.5.0/24", "nonsense"),
    ];
    let text: String = table
        .iter()
        .map(|(global, pods, services)| {
            format!("{global:?} {pods:?} {services:?}\n  {}\n", asked(global, pods, services))
        })
        .collect();
    insta::assert_snapshot!(text, @r#"
        "10.244.0.0/16" "" ""
          pods 10.244.0.0/17, services 10.244.128.0/17
        "10.244.0.0/16" "10.1.0.0/16" "10.2.0.0/16"
          pods 10.1.0.0/16, services 10.2.0.0/16
        "10.244.0.0/16" "10.1.0.0/16" ""
          pods 10.244.0.0/17, services 10.244.128.0/17
        "" "" ""
          podCidr: a range of addresses is needed, or a global one for pods and services together
          serviceCidr: a range of addresses is needed, or a global one for pods and services together
        "10.244.0.0/17" "" ""
          globalCidr: 10.244.0.0/17 is too small; a /16 or larger is needed, whose halves are for pods and services
        "172.16.136.0/16" "" ""
          globalCidr: 172.16.136.0/16 is not in network form; did you mean 172.16.0.0/16?
        "8.0.0.0/16" "" ""
          globalCidr: 8.0.0.0/16 is not private; choose one in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16
        "10.0.0.0/16" "" ""
          globalCidr: 10.0.0.0/16 holds the address 10.0.0.5 of north; choose another range
          globalCidr: 10.0.0.0/16 holds the address 10.0.0.6 of south; choose another range
        "10.250.0.0/16" "" ""
          globalCidr: north has a route to 10.250.0.0/16 through tun0, which 10.250.0.0/16 overlaps; choose another range
        "" "10.244.0.0/16" "10.244.128.0/17"
          serviceCidr: 10.244.128.0/17 overlaps the pods' range 10.244.0.0/16; choose ranges that share no address
        "" "172.30.5.0/24" "nonsense"
          serviceCidr: "nonsense" is no address range; write it like 10.244.0.0/16
          podCidr: south has a route to 172.30.0.0/16, which 172.30.5.0/24 overlaps; choose another range
        "#);
}

#[test]
fn no_proxy_is_complete() {
    let cidr = |text: &str| text.parse::<Cidr>().expect("a range");
    let (pods, services) = (cidr("10.244.0.0/17"), cidr("10.244.128.0/17"));
    let address = |text: &str| text.parse::<IpAddr>().expect("an address");
    let hosts = [
        (address("10.0.0.5"), Some(cidr("10.0.0.0/24"))),
        (address("10.0.0.6"), Some(cidr("10.0.0.0/24"))),
        (address("192.168.7.7"), None),
    ];
    let complete = |proxies, given, more: &[&str]| no_proxy(proxies, given, [&pods, &services], &hosts, more);
    assert_eq!(complete(["", ""], "mine", &[]), "mine", "without a proxy nothing is added");
    assert_eq!(
        complete(
            ["http://proxy:3128", ""],
            "intra.example, 192.168.0.0/16 localhost",
            &["registry.example:5000"]
        ),
        "localhost,127.0.0.1,.cluster.local,.svc,169.254.169.254,10.244.0.0/17,10.244.128.0/17,\
         registry.example:5000,intra.example,192.168.0.0/16,10.0.0.0/24"
    );
}
