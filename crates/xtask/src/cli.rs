//! Reading a command's words: a handful of flags, checked by name, so that a
//! misspelt one is an error and not a surprise.

use anyhow::Result;
use std::fmt;

/// The command line itself was wrong; nothing was tried.
#[derive(Debug)]
pub(crate) struct Misuse(pub(crate) String);

impl fmt::Display for Misuse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Misuse {}

/// Something failed, and has been told already.
#[derive(Debug)]
pub(crate) struct Told;

impl fmt::Display for Told {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("see above")
    }
}

impl std::error::Error for Told {}

/// One flag that a command takes.
pub(crate) struct Flag {
    /// With its dashes: `--port`.
    pub(crate) name: &'static str,
    /// Whether a value follows it.
    pub(crate) takes_value: bool,
}

/// A flag without a value.
pub(crate) const fn switch(name: &'static str) -> Flag {
    Flag { name, takes_value: false }
}

/// A flag that a value follows.
pub(crate) const fn option(name: &'static str) -> Flag {
    Flag { name, takes_value: true }
}

/// The flags that were given, in order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Given {
    flags: Vec<(&'static str, String)>,
    /// What follows `--`: handed on to the tool that the command runs.
    pub(crate) rest: Vec<String>,
}

impl Given {
    /// Whether the flag was given at all.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.flags.iter().any(|(flag, _)| *flag == name)
    }

    /// The value that was given last for the flag.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let found = self.flags.iter().rev().find(|(flag, _)| *flag == name);
        found.map(|(_, value)| value.as_str())
    }

    /// Every value that was given for the flag.
    pub(crate) fn values(&self, name: &str) -> Vec<&str> {
        let matching = self.flags.iter().filter(|(flag, _)| *flag == name);
        matching.map(|(_, value)| value.as_str()).collect()
    }
}

/// Reads a command's words. `None`: help was asked for and has been printed.
pub(crate) fn read(words: Vec<String>, known: &[Flag], help: &str) -> Result<Option<Given>> {
    let mut given = Given::default();
    let mut words = words.into_iter();
    while let Some(word) = words.next() {
        if word == "-h" || word == "--help" {
            println!("{help}");
            return Ok(None);
        }
        if word == "--" {
            given.rest = words.collect();
            break;
        }
        let (name, attached) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let Some(flag) = known.iter().find(|flag| flag.name == name) else {
            return Err(Misuse(format!("`{word}` is not known here.\n\n{help}")).into());
        };
        let value = match (flag.takes_value, attached) {
            (true, Some(value)) => value,
            (true, None) => words
                .next()
                .ok_or_else(|| Misuse(format!("`{name}` wants a value after it.\n\n{help}")))?,
            (false, None) => String::new(),
            (false, Some(value)) => {
                let text = format!("`{name}` takes no value, but `{value}` was given.\n\n{help}");
                return Err(Misuse(text).into());
            }
        };
        given.flags.push((flag.name, value));
    }
    Ok(Some(given))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [Flag; 2] = [switch("--open"), option("--port")];

    fn read_words(words: &[&str]) -> Result<Option<Given>> {
        read(words.iter().map(|word| (*word).to_owned()).collect(), &KNOWN, "help")
    }

    #[test]
    fn flags_are_read_in_both_spellings() {
        let given =
            read_words(&["--open", "--port=1", "--port", "2", "--", "-x"]).unwrap().unwrap();
        assert!(given.has("--open"));
        assert_eq!(given.value("--port"), Some("2"));
        assert_eq!(given.values("--port"), ["1", "2"]);
        assert_eq!(given.rest, ["-x"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (words, named) in [
            (&["--prot", "1"][..], "--prot"),
            (&["--port"][..], "--port"),
            (&["--open=yes"][..], "yes"),
            (&["stray"][..], "stray"),
        ] {
            let error = read_words(words).unwrap_err();
            assert!(error.is::<Misuse>());
            assert!(error.to_string().contains(named), "{error}");
        }
    }
}
