//! A run in short: who led, what was committed, what clients were told, what broke.

use crate::report::{BAD, GOOD, QUIET, STRONG};
use raft_core::{CommitCause, Index, Micros, NodeId, Term, Transition};
use raft_scene::words;
use raft_sim::{
    Happening, LossCause, Outcome, Plan, Property, Record, Request, Verdict, Violation, World,
};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The most violations that are told one by one: a lease that outlives its promise may
/// give a hundred old answers.
const MOST_TOLD: usize = 5;
/// The most lines of the story.
const LONGEST_STORY: usize = 40;

/// What is kept of a run while it is played.
#[derive(Default)]
pub(crate) struct Account {
    story: Vec<(Micros, String)>,
    left_out: u64,
    leaders: Vec<(Term, NodeId)>,
    elections: u64,
    commit_index: Index,
    first_commit_at: Option<Micros>,
    last_commit_at: Option<Micros>,
    delivered: u64,
    lost: BTreeMap<&'static str, u64>,
    writes: Told,
    reads: Told,
    /// What was set to another value than the scenario says, as it was typed.
    pub(crate) set: Vec<String>,
    pub(crate) violations: Vec<Violation>,
    /// What came of what the scenario expects; the last is of violations.
    pub(crate) verdicts: Vec<Verdict>,
}

/// What became of what clients asked.
#[derive(Default, Clone, Copy)]
struct Told {
    asked: u64,
    answered: u64,
    refused: u64,
    gave_up: u64,
}

impl Account {
    /// Takes note of a record, and of how the world is after it.
    pub(crate) fn see(&mut self, record: &Record, world: &World) {
        if is_of_the_story(record)
            && let Some(said) = words::happening(&record.what, world)
        {
            if self.story.len() < LONGEST_STORY {
                self.story.push((record.at, said));
            } else {
                self.left_out += 1;
            }
        }
        match &record.what {
            Happening::Delivered { .. } => self.delivered += 1,
            Happening::Lost { because, .. } => {
                let why = match because {
                    LossCause::Cut => "at a cut",
                    LossCause::Dropped => "by the network",
                    LossCause::ReceiverDown => "since the receiver was down",
                    LossCause::Taken => "since somebody took them",
                };
                *self.lost.entry(why).or_default() += 1;
            }
            Happening::Node { node, transition } => self.transition(record.at, *node, transition),
            Happening::OperationBegan { request, .. } => self.told(*request).asked += 1,
            Happening::OperationEnded { operation, outcome, .. } => {
                let Some(request) = world.history().get(*operation).map(|it| it.request) else {
                    return;
                };
                let told = self.told(request);
                match outcome {
                    Outcome::Written | Outcome::Found { .. } => told.answered += 1,
                    Outcome::Refused => told.refused += 1,
                    Outcome::GaveUp => told.gave_up += 1,
                }
            }
            Happening::Violated(violation) => self.violations.push(violation.clone()),
            _ => {}
        }
    }

    fn told(&mut self, request: Request) -> &mut Told {
        match request {
            Request::Write { .. } => &mut self.writes,
            Request::Read { .. } => &mut self.reads,
        }
    }

    fn transition(&mut self, at: Micros, node: NodeId, transition: &Transition) {
        match transition {
            Transition::BecameLeader { term, .. } => self.leaders.push((*term, node)),
            Transition::BecameCandidate { .. } => self.elections += 1,
            Transition::CommitAdvanced { to, because: CommitCause::Counted { .. }, .. } => {
                self.commit_index = self.commit_index.max(*to);
                self.first_commit_at.get_or_insert(at);
                self.last_commit_at = Some(at);
            }
            _ => {}
        }
    }

    /// Writes the account.
    pub(crate) fn write(&self, to: &mut impl Write, world: &World) -> io::Result<()> {
        let plan = world.plan();
        head(to, plan, world)?;
        if !self.set.is_empty() {
            writeln!(to, "changed from what the scenario says: {}", self.set.join(", "))?;
        }
        writeln!(to)?;
        for (at, said) in &self.story {
            writeln!(to, "  {QUIET}{:>12}{QUIET:#}  {said}", at.to_string())?;
        }
        if self.left_out > 0 {
            writeln!(to, "  {QUIET}... and {} more{QUIET:#}", self.left_out)?;
        }
        writeln!(to)?;
        let leaders: Vec<String> =
            self.leaders.iter().map(|(term, node)| format!("{node} (term {term})")).collect();
        let leaders = match leaders.len() {
            0 => "nobody was elected".to_string(),
            1..=8 => leaders.join(", "),
            many => format!("{} and {} more", leaders[..8].join(", "), many - 8),
        };
        line(to, "leaders", &leaders)?;
        let elections = self.elections;
        line(to, "elections", &format!("{elections}, the last term is {}", world.latest_term()))?;
        let commits = match (self.first_commit_at, self.last_commit_at) {
            (Some(first), Some(last)) => {
                format!("up to index {}, from {first} to {last}", self.commit_index)
            }
            _ => "none".to_string(),
        };
        line(to, "commits", &commits)?;
        let lost: Vec<String> =
            self.lost.iter().map(|(why, count)| format!("{count} {why}")).collect();
        let lost =
            if lost.is_empty() { String::new() } else { format!("; lost: {}", lost.join(", ")) };
        line(to, "messages", &format!("{} delivered{lost}", self.delivered))?;
        for (name, told) in [("writes", self.writes), ("reads", self.reads)] {
            if told.asked > 0 {
                line(to, name, &told.to_string())?;
            }
        }
        self.write_violations(to)?;
        self.write_verdicts(to)
    }

    /// What the scenario expects, if it expects more than that nothing is violated.
    fn write_verdicts(&self, to: &mut impl Write) -> io::Result<()> {
        if self.verdicts.len() < 2 {
            return Ok(());
        }
        for (place, verdict) in self.verdicts.iter().enumerate() {
            let name = if place == 0 { "expectations" } else { "" };
            let (colour, mark) = if verdict.holds { (GOOD, "holds") } else { (BAD, "FAILS") };
            line(to, name, &format!("{colour}{mark}{colour:#}: {verdict}"))?;
        }
        let fails = self.verdicts.iter().any(|verdict| !verdict.holds);
        if fails && !self.set.is_empty() {
            let said = "these are of the scenario as it is written, and --set changed it: what \
                        fails may be what the change does";
            line(to, "", &format!("{QUIET}{said}{QUIET:#}"))?;
        }
        Ok(())
    }

    fn write_violations(&self, to: &mut impl Write) -> io::Result<()> {
        if self.violations.is_empty() {
            let count = Property::ALL.len();
            return line(to, "violations", &format!("{GOOD}none{GOOD:#} of {count} properties"));
        }
        for (place, violation) in self.violations.iter().enumerate().take(MOST_TOLD) {
            let name = if place == 0 { "violations" } else { "" };
            line(to, name, &format!("{BAD}{violation}{BAD:#}"))?;
        }
        if let Some(more @ 1..) = self.violations.len().checked_sub(MOST_TOLD) {
            line(to, "", &format!("... and {more} more"))?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} of {} answered", self.answered, self.asked)?;
        if self.refused > 0 {
            write!(formatter, ", {} refused", self.refused)?;
        }
        if self.gave_up > 0 {
            write!(formatter, ", {} given up", self.gave_up)?;
        }
        Ok(())
    }
}

/// Of which run this is the account.
fn head(to: &mut impl Write, plan: &Plan, world: &World) -> io::Result<()> {
    let scenario = plan.scenario();
    writeln!(to, "{STRONG}{}{STRONG:#}: {}", scenario.name, scenario.title)?;
    writeln!(
        to,
        "{} nodes, seed {}, {} simulated, {} events",
        scenario.nodes,
        plan.seed(),
        scenario.duration,
        world.events()
    )?;
    let flaws = plan.flaws();
    if !flaws.is_none() {
        writeln!(to, "{BAD}modified Raft{BAD:#}: without these rules")?;
        for flaw in flaws.iter() {
            writeln!(to, "  {}: {}", flaw.name(), flaw.removes())?;
        }
    }
    Ok(())
}

pub(crate) fn line(to: &mut impl Write, name: &str, said: &str) -> io::Result<()> {
    writeln!(to, "{STRONG}{name:<13}{STRONG:#}{said}")
}

/// Elections, leaders, faults, violations: what one would tell somebody else.
fn is_of_the_story(record: &Record) -> bool {
    match &record.what {
        Happening::Node { transition, .. } => matches!(
            transition,
            Transition::BecameCandidate { .. }
                | Transition::BecameLeader { .. }
                | Transition::SteppedDown { .. }
        ),
        Happening::Restarted { .. } => record.at > Micros::ZERO,
        Happening::Sent { .. }
        | Happening::Delivered { .. }
        | Happening::Lost { .. }
        | Happening::WriteAsked { .. }
        | Happening::WriteDurable { .. }
        | Happening::Applied { .. }
        | Happening::Restored { .. }
        | Happening::OperationBegan { .. }
        | Happening::OperationAsked { .. }
        | Happening::OperationEnded { .. }
        // Told in full further down.
        | Happening::Violated(_) => false,
        _ => true,
    }
}
