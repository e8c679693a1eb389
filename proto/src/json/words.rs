//! What a reader of JSON says is wrong, in words of whoever wrote the line.

/// Without the words of the code that reads: names of its types, places that are none.
pub(super) fn plain(error: &str) -> String {
    let mut text =
        error.replace(" at line 1 column 0", "").replace(" at line 1 column ", " at column ");
    for (from, to) in [
        ("struct MoneyText", "money such as {\"amount\": \"12.34\", \"currency\": \"CNY\"}"),
        ("struct Envelope", "an object in braces"),
        ("struct Batch", "an object in braces"),
        ("unknown variant", "unknown name"),
        ("invalid type: map", "this is an object in braces"),
        ("invalid type: sequence", "this is a list in brackets"),
        ("invalid type: null", "this is null"),
        ("invalid type: integer", "this is the number"),
        ("invalid type: floating point", "this is the number"),
        ("invalid type: boolean", "this is"),
        ("invalid type: string", "this is the text"),
        ("expected a map", "expected an object in braces"),
        ("expected a sequence", "expected a list in brackets"),
    ] {
        text = text.replace(from, to);
    }
    without_types(&text)
}

/// `expected struct Transfer` names a type of ours; what is expected is an object.
fn without_types(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    let types = ["expected struct ", "expected enum ", "expected unit variant "];
    while let Some((at, begins)) =
        types.iter().filter_map(|begins| Some((rest.find(begins)?, begins))).min()
    {
        told.push_str(&rest[..at]);
        told.push_str("expected an object in braces");
        let name = &rest[at + begins.len()..];
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        rest = name.trim_start_matches(is_name);
    }
    told.push_str(rest);
    told
}

/// A name that no command has: said without the list of all of them.
pub(super) fn of_command(name: &str, error: &str) -> String {
    if error.starts_with(&format!("unknown variant `{name}`")) {
        return format!("there is no command `{name}`");
    }
    format!("{name}: {error}")
}
