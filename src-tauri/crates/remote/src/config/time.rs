//! Times as OpenSSH writes them: "90", "1m30s", "2h".

use std::time::Duration;

/// `None` if it is no time.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut total = 0_u64;
    let mut number = None::<u64>;
    for character in text.chars() {
        if let Some(digit) = character.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(u64::from(digit))?);
            continue;
        }
        let unit = match character.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    if text.is_empty() {
        return None;
    }
    total = total.checked_add(number.unwrap_or(0))?;
    // OpenSSH counts in an int.
    i32::try_from(total).ok().map(|_| Duration::from_secs(total))
}
