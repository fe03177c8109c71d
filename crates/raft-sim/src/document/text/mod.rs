//! Documents as TOML and JSON.

use super::Document;
use crate::scenario::ScenarioError;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl Document {
    /// The document as TOML. What is as by default is left out.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).unwrap_or_default()
    }

    /// The document as JSON, on several lines. What is as by default is left out.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// Reads TOML.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_toml(text: &str) -> Result<Document, Vec<ScenarioError>> {
        toml::from_str(text).map_err(|error| {
            alloc::vec![ScenarioError { field: String::new(), message: error.to_string() }]
        })
    }

    /// Reads JSON.
    ///
    /// # Errors
    /// Everything that is wrong, at once.
    pub fn from_json(text: &str) -> Result<Document, Vec<ScenarioError>> {
        serde_json::from_str(text).map_err(|error| {
            alloc::vec![ScenarioError { field: String::new(), message: error.to_string() }]
        })
    }
}
