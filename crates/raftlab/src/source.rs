//! Where a scenario comes from: a built-in name or a file, with what is to be different.

use crate::arguments;
use crate::report::Failure;
use raft_core::Micros;
use raft_experiments::Find;
use raft_sim::{Document, Plan, Scenario, ScenarioError};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;
use toml::{Table, Value};

/// The seed where neither the caller nor the scenario says one.
const USUAL_SEED: u64 = 42;
/// The longest file that is read: far more than any scenario takes.
const LONGEST_FILE_BYTES: u64 = 1 << 20;
/// A name that is further off is no typo of it.
const NEAR: f64 = 0.7;

/// A scenario, and the seed to play it with.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) scenario: Scenario,
    pub(crate) seed: u64,
}

/// Finds and reads a scenario.
pub(crate) fn load(source: &arguments::Source) -> Result<Source, Failure> {
    let name = &source.scenario;
    let mut document = match raft_scenarios::by_name(name) {
        Some(scenario) => Document::of(&scenario),
        None => from_file(name)?,
    };
    if !source.set.is_empty() {
        document = changed(&document, &source.set)?;
    }
    let scenario = document.scenario().map_err(|errors| all(name, &errors))?;
    let seed = scenario.seed.unwrap_or(USUAL_SEED);
    Ok(Source { scenario, seed })
}

fn from_file(name: &str) -> Result<Document, Failure> {
    let path = Path::new(name);
    if !path.exists() {
        let hint = suggestion(name, raft_scenarios::names());
        let wrong = format!(
            "there is neither a scenario nor a file of that name{}",
            or_list(&hint, "`raftlab list` lists the scenarios")
        );
        return Err(Failure::input(name, wrong));
    }
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(LONGEST_FILE_BYTES + 1).read_to_string(&mut text))
        .map_err(|error| Failure::reading(path, &error))?;
    if text.len() as u64 > LONGEST_FILE_BYTES {
        return Err(Failure::input(name, "it is longer than a megabyte: no scenario is"));
    }
    let is_json = text.trim_start().starts_with('{');
    let document = if is_json { Document::from_json(&text) } else { Document::from_toml(&text) };
    document.map_err(|errors| all(name, &errors))
}

/// After a name that nothing has: `; did you mean leader-crash?`, where one that is known is
/// near.
pub(crate) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearness = |known: &str| strsim::jaro_winkler(known, name);
    let nearest = known.max_by(|one, other| nearness(one).total_cmp(&nearness(other)));
    match nearest.filter(|known| nearness(known) >= NEAR) {
        Some(nearest) => format!("; did you mean {nearest}?"),
        None => String::new(),
    }
}

/// A suggestion, or nothing, and then where all names are listed.
pub(crate) fn or_list(hint: &str, list: &str) -> String {
    if hint.is_empty() { format!("; {list}") } else { format!("{hint} {list}") }
}

/// A document in which some fields are other.
fn changed(document: &Document, changes: &[String]) -> Result<Document, Failure> {
    let mut table: Table =
        toml::from_str(&document.to_toml()).expect("what is written of a document can be read");
    for change in changes {
        let wrong = |why: &str| Failure::input(format!("--set {change}"), why);
        let (path, value) = change
            .split_once('=')
            .ok_or_else(|| wrong("write FIELD=VALUE, such as raft.pre_vote=true"))?;
        put(&mut table, path.trim(), value_of(value.trim())).map_err(|why| wrong(&why))?;
    }
    let text = table.to_string();
    Document::from_toml(&text).map_err(|errors| {
        // Its lines are not of any file that the caller knows.
        let wrong = errors.iter().map(ToString::to_string).collect();
        Failure::Input { what: "with what --set changes".to_string(), wrong }
    })
}

/// As TOML writes it, such as `true`, `7` or `["A"]`; anything else is a text.
fn value_of(text: &str) -> Value {
    let line = format!("value = {text}");
    let read = toml::from_str::<Table>(&line).ok().and_then(|mut table| table.remove("value"));
    read.unwrap_or_else(|| Value::String(text.to_string()))
}

/// Puts a value where a path such as `raft.pre_vote` or `clients.0.rest` says.
fn put(table: &mut Table, path: &str, value: Value) -> Result<(), String> {
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    if last.is_empty() {
        return Err("a field has a name, such as raft.pre_vote".to_string());
    }
    let mut here = table;
    let mut parents = parents.split('.').filter(|name| !name.is_empty()).peekable();
    while let Some(name) = parents.next() {
        let inner = here.entry(name).or_insert_with(|| Value::Table(Table::new()));
        here = match inner {
            Value::Table(inner) => inner,
            Value::Array(items) => {
                let count = items.len();
                let item = parents
                    .next()
                    .and_then(|place| items.get_mut(place.parse::<usize>().ok()?))
                    .and_then(Value::as_table_mut);
                item.ok_or_else(|| {
                    format!("{name} is a list of {count}: write {name}.0 for the first of them")
                })?
            }
            _ => return Err(format!("{name} has no fields: it is one value")),
        };
    }
    here.insert(last.to_string(), value);
    Ok(())
}

/// Checks a run.
pub(crate) fn plan(name: &str, scenario: Scenario, seed: u64) -> Result<Arc<Plan>, Failure> {
    Plan::new(scenario, seed, Vec::new()).map(Arc::new).map_err(|errors| all(name, &errors))
}

/// Everything that is wrong with a scenario.
pub(crate) fn all(name: &str, errors: &[ScenarioError]) -> Failure {
    let wrong = errors.iter().map(ToString::to_string).collect();
    Failure::Input { what: name.to_string(), wrong }
}

/// The scenario up to a moment only.
pub(crate) fn cut_short(mut scenario: Scenario, until: Micros) -> Result<Scenario, Failure> {
    if until == Micros::ZERO || until > scenario.duration {
        let wrong = format!(
            "the run can't end at {until}: it is {} long, and ends after its beginning",
            scenario.duration
        );
        return Err(Failure::input("--until", wrong));
    }
    scenario.script.retain(|step| step.at <= until);
    scenario.rules.retain(|rule| rule.since <= until);
    // What is expected at least may yet have come; what is expected at most holds so far.
    scenario.expectations.retain(|expectation| expectation.from <= until);
    for expectation in &mut scenario.expectations {
        if expectation.until.is_none_or(|it| it > until) || expectation.since.is_some() {
            expectation.at_least = 0;
            expectation.until = expectation.until.map(|it| it.min(until));
        }
    }
    scenario.duration = until;
    Ok(scenario)
}

/// What a hunt found, as a file that `raftlab run` plays.
pub(crate) fn as_file(find: &Find) -> String {
    let found = &find.shrunk;
    let mut scenario = found.scenario.clone();
    scenario.summary = format!("Found by a hunt. {}.", found.violation);
    scenario.name.push_str("-found");
    scenario.seed = Some(found.seed);
    Document::of(&scenario).to_toml()
}
