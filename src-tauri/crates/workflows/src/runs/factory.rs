//! Bodies of steps from their specs: the one place where kinds are names and managers are types.

use longshore_contract::{Failure, FailureClass, StepSpec};
use longshore_engine::step::{StepBody, StepFactory};
use longshore_managers::app_preflight::AppPreflights;
use longshore_managers::charts::{Chart, RemoveChart, RollBackChart};
use longshore_managers::infra::{Namespace, RecordBegin, RegistryAccess};
use longshore_managers::manifests::Manifests;
use longshore_managers::params::{VERSION, kind};
use longshore_managers::record::{Ready, Record, RollBackRecord};
use longshore_managers::{Materials, airgap::Images};
use serde::de::DeserializeOwned;

/// Makes bodies of what a run was frozen with.
pub(super) struct Factory {
    pub(super) materials: Materials,
}

fn unknown(spec: &StepSpec, why: &str) -> Failure {
    Failure {
        class: FailureClass::NeedsPerson,
        message: format!("Step {} cannot be done by this version of Longshore", spec.id),
        causes: vec![why.to_owned()],
        hint: "Use the version that planned the run, or plan again.".to_owned(),
    }
}

fn params<T: DeserializeOwned>(spec: &StepSpec) -> Result<T, Failure> {
    serde_json::from_value(spec.params.clone()).map_err(|error| unknown(spec, &error.to_string()))
}

impl StepFactory for Factory {
    fn body(&self, spec: &StepSpec) -> Result<Box<dyn StepBody>, Failure> {
        if spec.version != VERSION {
            return Err(unknown(spec, &format!("its parameters are of version {}", spec.version)));
        }
        let materials = self.materials.clone();
        Ok(match spec.kind.as_str() {
            kind::NAMESPACE => Box::new(Namespace { materials, params: params(spec)? }),
            kind::REGISTRY_ACCESS => Box::new(RegistryAccess { materials, params: params(spec)? }),
            kind::RECORD_BEGIN => Box::new(RecordBegin { materials, params: params(spec)? }),
            kind::IMAGES => Box::new(Images { materials, params: params(spec)? }),
            kind::APP_PREFLIGHTS => Box::new(AppPreflights::new(materials, params(spec)?)),
            kind::MANIFESTS | kind::ROLL_BACK_MANIFESTS => {
                Box::new(Manifests { materials, params: params(spec)? })
            }
            kind::CHART => Box::new(Chart { materials, params: params(spec)? }),
            kind::REMOVE_CHART => Box::new(RemoveChart { materials, params: params(spec)? }),
            kind::ROLL_BACK_CHART => Box::new(RollBackChart { materials, params: params(spec)? }),
            kind::READY => Box::new(Ready { materials, params: params(spec)? }),
            kind::RECORD => Box::new(Record { materials, params: params(spec)? }),
            kind::ROLL_BACK_RECORD => Box::new(RollBackRecord { materials, params: params(spec)? }),
            other => return Err(unknown(spec, &format!("there is no kind {other}"))),
        })
    }
}
