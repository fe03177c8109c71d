//! As much of JSON Schema as our schemas use.

use serde_json::Value;

/// Whether a value fits a schema, by the words of JSON Schema that ours uses. Any other
/// word is an error of this test, which would have to learn it.
pub(crate) fn fits(root: &Value, schema: &Value, value: &Value) -> bool {
    let Value::Object(words) = schema else { return schema.as_bool() == Some(true) };
    words.iter().all(|(word, says)| match (word.as_str(), says) {
        ("$schema" | "title" | "description" | "$defs" | "format" | "default", _) => true,
        ("$ref", says) => {
            let path = says.as_str().and_then(|path| path.strip_prefix('#')).expect("a path");
            fits(root, root.pointer(path).expect("it is defined"), value)
        }
        ("anyOf", says) => list(says).iter().any(|says| fits(root, says, value)),
        ("oneOf", says) => list(says).iter().filter(|says| fits(root, says, value)).count() == 1,
        ("const", says) => says == value,
        ("enum", says) => list(says).contains(value),
        ("type", Value::Array(says)) => says.iter().any(|says| is_of(says, value)),
        ("type", says) => is_of(says, value),
        ("minimum", says) => {
            value.as_i64().is_none_or(|value| value >= says.as_i64().expect("one"))
        }
        ("maximum", says) => {
            value.as_u64().is_none_or(|value| value <= says.as_u64().expect("one"))
        }
        ("required", says) => {
            list(says).iter().all(|name| value.get(name.as_str().expect("a name")).is_some())
        }
        ("properties", Value::Object(says)) => {
            says.iter().all(|(name, says)| value.get(name).is_none_or(|it| fits(root, says, it)))
        }
        ("additionalProperties", Value::Bool(false)) => {
            let known = words.get("properties");
            let is_known = |name: &String| known.is_some_and(|known| known.get(name).is_some());
            value.as_object().is_none_or(|fields| fields.keys().all(is_known))
        }
        ("prefixItems", says) => value.as_array().is_none_or(|items| {
            items.iter().zip(list(says)).all(|(it, says)| fits(root, says, it))
        }),
        ("minItems", says) => {
            value.as_array().is_none_or(|it| it.len() as u64 >= says.as_u64().expect("a number"))
        }
        ("maxItems", says) => {
            value.as_array().is_none_or(|it| it.len() as u64 <= says.as_u64().expect("a number"))
        }
        ("items", says) => {
            value.as_array().is_none_or(|items| items.iter().all(|it| fits(root, says, it)))
        }
        _ => panic!("what does {word}: {says} mean?"),
    })
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        other => panic!("what is {other}?"),
    }
}
