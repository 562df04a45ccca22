//! Two operators, one site: one writer.

use longshore_cluster::lease::{Lease, LeaseError};
use longshore_contract::KubeconfigSource;

use crate::operator::Operator;

const ROUNDS: usize = 100;

#[test]
fn of_two_operators_one_writes_each_time() {
    let operator = Operator::new("race");
    let namespace = operator.namespace.name.clone();
    operator.lab.kubectl(&["create", "namespace", &namespace]).expect("a namespace");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let source = KubeconfigSource::File { path: operator.lab.kubeconfig().display().to_string() };
        let opened = longshore_cluster::open(&source, operator.lab.context(), "");
        let cluster = opened.await.expect("the cluster opens").cluster;
        for round in 0..ROUNDS {
            let (first, second) = tokio::join!(
                Lease::take(&cluster, &namespace, "ada@quay", "run-a", None),
                Lease::take(&cluster, &namespace, "bo@pier", "run-b", None),
            );
            let (winner, loser, name) = match (first, second) {
                (Ok(winner), Err(loser)) => (winner, loser, "ada@quay"),
                (Err(loser), Ok(winner)) => (winner, loser, "bo@pier"),
                (first, second) => panic!("round {round}: {} and {} won", first.is_ok(), second.is_ok()),
            };
            match loser {
                LeaseError::Held(holder) => assert_eq!(holder.who, name, "the loser is told who holds it"),
                LeaseError::Api(error) => panic!("round {round}: the loser is refused otherwise: {error}"),
            }
            winner.give_back(&cluster).await.expect("it is given back");
        }
    });
}

#[test]
fn a_second_operator_sees_who_holds_the_site() {
    let first = Operator::with_site("held");
    first.bring("install", "1.0.0");
    let second = first.colleague();
    // Dies right after the plan was frozen and the lease taken, which it therefore still holds.
    let words = Operator::words("upgrade", "1.1.0");
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut at = 5;
    while first.newest_run()["workflow"] != "upgrade" || holder(&first).is_empty() {
        let said = first.doomed(at, &words);
        assert_eq!(said.code, -9, "it is killed:\n{}", said.all());
        at += 1;
        assert!(at < 20, "the lease is taken early in a run");
    }
    let run = first.newest_run()["id"].as_str().expect("an id").to_owned();
    let said = second.run(&words);
    assert_eq!(said.code, 6, "the second is refused:\n{}", said.all());
    assert!(said.err.contains(&holder(&first)), "and told who holds it:\n{}", said.err);
    first.ok(&["run", "resume", &run]);
    first.sees("1.1.0");
    let said = second.run(&words);
    assert_eq!(said.code, 0, "then the second may, and finds all as wanted:\n{}", said.all());
}

/// Who holds the lease, as the cluster says.
fn holder(operator: &Operator) -> String {
    let path = "jsonpath={.items[*].spec.holderIdentity}";
    let said = operator.lab.kubectl(&["get", "lease", "-n", &operator.namespace.name, "-o", path]);
    said.expect("the lease can be read").split(' ').next().unwrap_or_default().to_owned()
}
