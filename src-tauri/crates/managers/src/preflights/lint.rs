//! What is wrong with specs, as it is told.

use longshore_contract::{LintFinding, LintReport, LintSeverity, SpecFile};
use longshore_preflight::{Severity, lint};
use longshore_support::{SpecError, parse_specs};

/// Findings of all files.
pub(super) fn report(specs: &[SpecFile]) -> LintReport {
    let findings = specs.iter().flat_map(|file| {
        let found = lint(&file.content, None).into_iter().map(|found| LintFinding {
            file: file.name.clone(),
            line: u32::try_from(found.line).unwrap_or_default(),
            path: found.path,
            severity: match found.severity {
                Severity::Error => LintSeverity::Error,
                Severity::Warning => LintSeverity::Warning,
                Severity::Note => LintSeverity::Note,
            },
            message: found.message,
            hint: found.hint,
        });
        found.chain(redactors(file))
    });
    LintReport { findings: findings.collect() }
}

/// What a support bundle would refuse of the file's redactors. That it is no YAML has been said before.
fn redactors(file: &SpecFile) -> Option<LintFinding> {
    let Err(SpecError::Field { redactor, field, reason, .. }) = parse_specs(&file.name, &file.content) else {
        return None;
    };
    Some(LintFinding {
        file: file.name.clone(),
        line: 0,
        path: field.clone(),
        severity: LintSeverity::Error,
        message: format!("redactor {redactor}: {field} {reason}"),
        hint: "upstream ignores it, and what it should take out stays in".to_owned(),
    })
}
