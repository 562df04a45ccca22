//! Which texts may stand bare in a block of YAML, by the analysis of libyaml's emitter.

/// What the emitter finds out about a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Analysis {
    /// It may stand bare.
    pub plain: bool,
    /// It may stand in single quotes.
    pub single: bool,
    /// It may stand as a block.
    pub block: bool,
}

/// Whether a character is written as it is.
pub(crate) fn is_printable(character: char) -> bool {
    matches!(character, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Whether a character ends a line.
pub(crate) fn is_break(character: char) -> bool {
    matches!(character, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t')
}

/// Analyses a text.
pub(crate) fn analyse(text: &str) -> Analysis {
    if text.is_empty() {
        return Analysis { plain: true, single: true, block: false };
    }
    let mut indicators = text.starts_with("---") || text.starts_with("...");
    let (mut breaks, mut special, mut tabs) = (false, false, false);
    let (mut break_space, mut space_break) = (false, false);
    let (mut after_space, mut after_break, mut after_blank) = (false, false, true);
    let mut characters = text.chars().peekable();
    let mut is_first = true;
    while let Some(character) = characters.next() {
        let blank_follows = characters.peek().is_none_or(|next| is_blank(*next));
        indicators |= match character {
            '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@'
            | '`'
                if is_first =>
            {
                true
            }
            '?' | ':' | '-' if is_first => blank_follows,
            ':' => blank_follows,
            '#' => after_blank,
            _ => false,
        };
        if character == '\t' {
            tabs = true;
        } else if !is_printable(character) {
            special = true;
        }
        if character == ' ' {
            break_space |= after_break;
            (after_space, after_break) = (true, false);
        } else if is_break(character) {
            breaks = true;
            space_break |= after_space;
            (after_space, after_break) = (false, true);
        } else {
            (after_space, after_break) = (false, false);
        }
        after_blank = is_blank(character) || is_break(character);
        is_first = false;
    }
    let at_edge = |character: Option<char>| character.is_some_and(|c| c == ' ' || is_break(c));
    let edges = at_edge(text.chars().next()) || at_edge(text.chars().last());
    let broken = break_space || space_break || tabs || special;
    Analysis {
        plain: !indicators && !breaks && !edges && !broken,
        single: !broken,
        block: !text.ends_with(' ') && !space_break && !special,
    }
}
