//! The generated code is committed; this test makes it again from the schemas, without protoc,
//! and compares. After a change of a schema run it with `GROAT_REGENERATE=1`.

use prost_build::Config;
use protox::prost_reflect::prost_types::field_descriptor_proto::{Label, Type};
use protox::prost_reflect::prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet,
};
use std::path::Path;

const SCHEMAS: [&str; 19] = [
    "money",
    "cards",
    "exchange",
    "holds",
    "market",
    "members",
    "dispute",
    "settle",
    "credit",
    "instalments",
    "loans",
    "losses",
    "apps",
    "command",
    "remittance",
    "event",
    "outcome",
    "block",
    "snapshot",
];

/// Messages whose JSON form is written by hand in `src/json.rs`.
const BY_HAND: [&str; 3] = ["Id", "Money", "Command"];

/// Messages that are only written as JSON, with their one-of inlined, every field shown.
const INLINED: [&str; 3] = ["Outcome", "Settlement", "Event"];

/// Messages of which every field is shown, zero or not.
const SHOWN: [&str; 3] = ["Position", "Accepted", "Rejected"];

#[test]
fn generated_code_is_that_of_the_schemas() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = SCHEMAS.map(|name| format!("groat/v1/{name}.proto"));
    let set = protox::compile(files, [root]).expect("the schemas compile");
    let out = std::env::temp_dir().join(format!("groat-generated-{}", std::process::id()));
    std::fs::create_dir_all(&out).expect("a temporary folder can be made");
    let mut config = Config::new();
    config.out_dir(&out).btree_map(["."]);
    json_attributes(&mut config, &set);
    config.compile_fds(set).expect("the schemas generate");
    let fresh = std::fs::read_to_string(out.join("groat.v1.rs")).expect("it was written");
    let fresh = inline_one_ofs(fresh);
    std::fs::remove_dir_all(&out).expect("it can be removed");

    let path = root.join("src/generated/groat.v1.rs");
    if std::env::var_os("GROAT_REGENERATE").is_some() {
        std::fs::write(&path, fresh).expect("the generated code can be written");
        return;
    }
    let committed = std::fs::read_to_string(&path).expect("the generated code is there");
    assert!(
        fresh == committed,
        "src/generated differs from the schemas: run \
         `GROAT_REGENERATE=1 cargo test -p groat-proto --test generated`"
    );
}

fn json_attributes(config: &mut Config, set: &FileDescriptorSet) {
    for file in &set.file {
        for message in &file.message_type {
            let name = message.name();
            let path = format!(".groat.v1.{name}");
            if BY_HAND.contains(&name) {
                for oneof in &message.oneof_decl {
                    oneof_attributes(config, &format!("{path}.{}", oneof.name()));
                }
                continue;
            }
            config.message_attribute(&path, "#[derive(serde::Serialize, serde::Deserialize)]");
            if is_one_of(message) {
                config.message_attribute(&path, "#[serde(transparent)]");
            } else if INLINED.contains(&name) {
                config.message_attribute(&path, "#[serde(default)]");
            } else {
                config.message_attribute(&path, "#[serde(default, deny_unknown_fields)]");
            }
            for oneof in message.oneof_decl.iter().filter(|o| !is_synthetic(message, o.name())) {
                let field = format!("{path}.{}", oneof.name());
                oneof_attributes(config, &field);
            }
            for field in &message.field {
                field_attributes(config, message, field);
            }
        }
    }
}

/// prost-build puts an attribute of a one-of on its variants too, so this one is written here.
fn inline_one_ofs(generated: String) -> String {
    ["pub result: ", "pub body: ", "pub fact: "].iter().fold(generated, |text, field| {
        INLINED.iter().fold(text, |text, message| {
            let module = message.to_lowercase();
            let plain = format!("    {field}::core::option::Option<{module}::");
            text.replace(&plain, &format!("    #[serde(flatten)]\n{plain}"))
        })
    })
}

fn oneof_attributes(config: &mut Config, path: &str) {
    config.enum_attribute(path, "#[derive(serde::Serialize, serde::Deserialize)]");
    config.enum_attribute(path, "#[serde(rename_all = \"snake_case\")]");
}

fn is_synthetic(message: &DescriptorProto, oneof: &str) -> bool {
    oneof.starts_with('_') && message.field.iter().any(|f| f.proto3_optional())
}

fn is_one_of(message: &DescriptorProto) -> bool {
    !message.field.is_empty()
        && message.field.iter().all(|f| f.oneof_index.is_some() && !f.proto3_optional())
}

fn field_attributes(config: &mut Config, message: &DescriptorProto, field: &FieldDescriptorProto) {
    let in_oneof = field.oneof_index.is_some() && !field.proto3_optional();
    let oneof = field.oneof_index.and_then(|at| usize::try_from(at).ok()).filter(|_| in_oneof);
    let oneof = oneof.map_or(String::new(), |at| format!("{}.", message.oneof_decl[at].name()));
    let path = format!(".groat.v1.{}.{oneof}{}", message.name(), field.name());
    let plain = matches!(field.r#type(), Type::Uint32 | Type::Uint64);
    let optional = if field.proto3_optional() { "optional_" } else { "" };
    let with = match (field.name(), field.r#type()) {
        (_, Type::Enum) => {
            let name = field.type_name().rsplit('.').next().unwrap_or_default();
            Some(format!("crate::json::Named::<crate::v1::{name}>"))
        }
        ("ccy" | "currency" | "settle_ccy" | "base_ccy" | "quote_ccy", _) if plain => {
            Some("crate::json::currency".into())
        }
        ("public_key", Type::Bytes) => Some("crate::json::hex".into()),
        ("class", _) if plain => Some("crate::json::class".into()),
        (
            "at" | "to" | "paid_at" | "expires_at" | "settle_at" | "due_at" | "borrow_at"
            | "expiry_at" | "started_at" | "new_expiry" | "restore_at" | "valid_from"
            | "valid_until",
            _,
        ) if plain => Some(format!("crate::json::{optional}time")),
        ("date" | "effective_date" | "on" | "due_on" | "cut_on", _) if plain => {
            Some(format!("crate::json::{optional}date"))
        }
        _ => None,
    };
    if let Some(with) = with {
        config.field_attribute(&path, format!("#[serde(with = \"{with}\")]"));
    }
    let shown = SHOWN.contains(&message.name()) || INLINED.contains(&message.name());
    let empty_list = field.label() == Label::Repeated;
    if !in_oneof && (!shown || empty_list) {
        config
            .field_attribute(&path, "#[serde(skip_serializing_if = \"crate::json::is_default\")]");
    }
}
