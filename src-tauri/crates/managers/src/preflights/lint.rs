//! What is wrong with specs, as it is told.

use longshore_contract::{LintFinding, LintReport, LintSeverity, SpecFile};
use longshore_preflight::{Severity, lint};

/// Findings of all files.
pub(super) fn report(specs: &[SpecFile]) -> LintReport {
    let findings = specs.iter().flat_map(|file| {
        lint(&file.content, None).into_iter().map(|found| LintFinding {
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
        })
    });
    LintReport { findings: findings.collect() }
}
