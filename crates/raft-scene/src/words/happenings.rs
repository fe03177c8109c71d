//! What happens in a run.

use super::transitions::kind_name;
use super::{client, entries, message, names, property, request, settings, span, transition};
use raft_core::{
    Change, CommitCause, Index, Membership, Micros, Payload, Reconfiguration, Transition,
};
use raft_sim::{
    Action, ActionRefusal, Happening, LossCause, Operation, Outcome, Put, Record, World,
};

/// What happened, as a sentence; `None` for what is of no interest to a reader, such as
/// a message that arrives: what is made of it follows. `world` is the world after
/// it, or any later one of the same run.
pub fn happening(happening: &Happening, world: &World) -> Option<String> {
    let text = match happening {
        Happening::Sent { envelope, .. } => {
            let said = message(envelope);
            format!("{} to {}, {}: {}.", envelope.from, envelope.to, said.title, said.detail)
        }
        Happening::Delivered { .. } => return None,
        Happening::Lost { because, .. } => match because {
            LossCause::Cut => "A message dies where the link is cut.".to_string(),
            LossCause::Dropped => "The network loses a message.".to_string(),
            LossCause::ReceiverDown => "A message finds its receiver down.".to_string(),
            LossCause::Taken => "A message is taken off its way.".to_string(),
        },
        Happening::Node { node, transition: what } => return transition(*node, what),
        Happening::WriteAsked { node, change, .. } => match change {
            Change::HardState(state) => match state.voted_for {
                Some(candidate) => {
                    format!("{node} writes to disk: term {}, vote for {candidate}.", state.term)
                }
                None => format!("{node} writes to disk: term {}, no vote yet.", state.term),
            },
            Change::Log { entries: new, .. } if new.is_empty() => {
                format!("{node} shortens its log on disk.")
            }
            Change::Log { first, entries: new } => {
                let last = Index(first.0 + new.len() as u64 - 1);
                format!("{node} writes {} to disk.", entries(*first, last))
            }
            Change::Snapshot { snapshot, keeps_later_entries: true, .. } => {
                format!("{node} writes its snapshot up to entry {} to disk.", snapshot.end.index)
            }
            Change::Snapshot { snapshot, keeps_later_entries: false, .. } => format!(
                "{node} writes the leader's snapshot up to entry {} to disk, in place of its log.",
                snapshot.end.index
            ),
        },
        Happening::WriteDurable { node, .. } => format!("{node}'s disk is up to date."),
        Happening::Applied { node, index, entry } => match applied(&entry.payload) {
            Some(what) => format!("{node} applies entry {index}: {what}."),
            None => format!("{node} applies entry {index}, which holds nothing."),
        },
        Happening::Restored { node, end } => {
            format!("{node}'s state is what the snapshot up to entry {} says.", end.index)
        }
        Happening::Crashed { node, writes_lost: 0 } => format!("{node} crashes."),
        Happening::Crashed { node, writes_lost: 1 } => {
            format!("{node} crashes, and loses a write that was not durable.")
        }
        Happening::Crashed { node, writes_lost } => {
            format!("{node} crashes, and loses {writes_lost} writes that were not durable.")
        }
        Happening::Restarted { node } => format!("{node} starts, with what its disk holds."),
        Happening::Paused { node, clock_stands: false } => {
            format!("{node}'s process stands still; its clock runs on.")
        }
        Happening::Paused { node, clock_stands: true } => {
            format!("{node}'s machine is suspended, and its clock stands still with it.")
        }
        Happening::Resumed { node } => {
            format!("{node} goes on, with what came for it meanwhile.")
        }
        Happening::SnapshotBegun { node, index, blocks: false } => {
            format!("{node} begins a snapshot up to entry {index}, beside everything else.")
        }
        Happening::SnapshotBegun { node, index, blocks: true } => {
            format!("{node} begins a snapshot up to entry {index}, and stands still meanwhile.")
        }
        Happening::SnapshotDone { node, index } => {
            format!("{node}'s snapshot up to entry {index} is ready.")
        }
        Happening::DiskStalled { node } => format!("{node}'s disk stalls: no fsync ends."),
        Happening::DiskUnstalled { node } => format!("{node}'s disk goes on."),
        Happening::DiskLost { node, last_index, term } => format!(
            "{node}'s disk is lost: {} of its log, term {term}, and for whom it voted.",
            if last_index.0 == 0 { "nothing".to_string() } else { entries(Index(1), *last_index) }
        ),
        Happening::Parted { groups } => {
            format!("A wall goes up: {}.", super::groups(groups, |group| names(*group)))
        }
        Happening::LinkCut { from, to } => format!("Nothing gets from {from} to {to} any more."),
        Happening::LinkSlowed { from, to, by } => {
            format!("From {from} to {to} every message takes {} longer.", span(*by))
        }
        Happening::LinkMadeLossy { from, to, per_million } => format!(
            "From {from} to {to} {} of a hundred messages get lost.",
            hundredths(*per_million)
        ),
        Happening::LinkMended { from, to } => format!("The link from {from} to {to} is mended."),
        Happening::Healed => "Every wall comes down and every link is mended.".to_string(),
        Happening::ClockSet { node, rate } => match rate.percent() {
            100 => format!("{node}'s clock runs true."),
            percent => {
                format!(
                    "{node}'s clock runs at {}.{:02} of true time.",
                    percent / 100,
                    percent % 100
                )
            }
        },
        Happening::ClockStepped { node, by_micros } => {
            let by = span(Micros(by_micros.unsigned_abs()));
            let way = if *by_micros < 0 { "back" } else { "forward" };
            format!("{node}'s clock jumps {way} by {by}.")
        }
        Happening::TransferOrdered { node, to } => {
            format!("{node} is told to hand its office over to {to}.")
        }
        Happening::ReconfigurationOrdered { node, change } => {
            format!("{node} is told to {}.", reconfiguration(change))
        }
        Happening::TimeoutForced { node } => format!("{node} is told to stand for election."),
        Happening::MessageDropped { name, kind, .. } => {
            format!("{} from {} to {} is dropped.", an(kind_name(*kind)), name.from, name.to)
        }
        Happening::MessageDelayed { name, kind, ends_at, .. } => format!(
            "{} from {} to {} is held up until {ends_at}.",
            an(kind_name(*kind)),
            name.from,
            name.to
        ),
        Happening::MessageHurried { name, kind } => {
            format!("{} from {} to {} arrives at once.", an(kind_name(*kind)), name.from, name.to)
        }
        Happening::SettingChanged { setting } => settings::changed(setting),
        Happening::ActionRefused { action, because } => refused(action, *because),
        Happening::OperationBegan { client: number, request: what, .. } => match number {
            0 => format!("You ask to {}.", request(what)),
            _ => format!("{} asks to {}.", capitalised(&client(*number)), request(what)),
        },
        Happening::OperationAsked { operation, node } => {
            match world.history().get(*operation)?.client {
                0 => format!("You ask {node}."),
                number => format!("{} asks {node}.", capitalised(&client(number))),
            }
        }
        Happening::OperationEnded { operation, outcome, .. } => {
            ended(world.history().get(*operation)?, outcome)
        }
        Happening::Violated(violation) => {
            format!("{} is violated: {}.", property(violation.property).0, violation.evidence)
        }
    };
    Some(text)
}

/// What an entry's command does; `None` for the entry that holds nothing.
pub(super) fn applied(payload: &Payload) -> Option<String> {
    match payload {
        Payload::NoOp => None,
        Payload::Command(command) => Some(match Put::decode(command) {
            Some(put) => format!("{} = {}", put.key, put.value),
            None => "a command".to_string(),
        }),
        Payload::Configuration(membership) => Some(super::members(membership)),
    }
}

/// `add D as a learner`, `go to voters A, B and D by way of a joint configuration`.
fn reconfiguration(change: &Reconfiguration) -> String {
    match *change {
        Reconfiguration::AddLearner(node) => format!("add {node} as a learner"),
        Reconfiguration::AddVoter(node) => format!("add {node} as a voter"),
        Reconfiguration::Remove(node) => format!("remove {node}"),
        Reconfiguration::Joint { voters, learners } => {
            let after = Membership { learners, ..Membership::of(voters) };
            format!("go to {} by way of a joint configuration", super::members(&after))
        }
    }
}

/// `A RequestVote`, `An AppendEntries`, `An answer to RequestVote`.
fn an(kind: &str) -> String {
    let is_vowel = |letter: char| "aeiou".contains(letter.to_ascii_lowercase());
    let article = if kind.starts_with(is_vowel) { "An" } else { "A" };
    format!("{article} {kind}")
}

/// `25`, `0.5`: of a hundred, what is given of a million.
pub(super) fn hundredths(per_million: u32) -> String {
    let (whole, rest) = (per_million / 10_000, per_million % 10_000);
    let text = format!("{whole}.{rest:04}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

fn refused(action: &Action, because: ActionRefusal) -> String {
    let why = match because {
        ActionRefusal::NoLeader => "nobody leads",
        ActionRefusal::Nobody => "there is no such node just now",
        ActionRefusal::IsDown => "that node is down",
        ActionRefusal::IsUp => "that node is up",
        ActionRefusal::IsLeader => "that node leads already",
        ActionRefusal::IsPaused => "that node stands still",
        ActionRefusal::IsNotPaused => "that node does not stand still",
        ActionRefusal::IsTakingSnapshot => "that node is taking a snapshot",
        ActionRefusal::IsStalled => "that disk stalls already",
        ActionRefusal::IsNotStalled => "that disk does not stall",
        ActionRefusal::IsNotOnItsWay => "that message is not on its way",
        ActionRefusal::IsCutOff => "the link is cut",
        ActionRefusal::ComesAfterOthers => {
            "that link keeps the order, and other messages come first"
        }
        ActionRefusal::HeartbeatNotBelowTimeout => {
            "heartbeats must come more often than the shortest election timeout"
        }
        ActionRefusal::FlawsContradict => {
            "another rule is left out that says another way to do the same"
        }
    };
    let what = match action {
        Action::Crash(_) => "crash",
        Action::Restart(_) => "restart",
        Action::Pause(_) | Action::Suspend(_) => "pause",
        Action::Resume(_) => "going on",
        Action::StallDisk(_) => "stalled disk",
        Action::UnstallDisk(_) => "end of a stall",
        Action::LoseDisk(_) => "lost disk",
        Action::ForceTimeout(_) => "forced election",
        Action::Partition(_) | Action::Isolate(_) => "wall",
        Action::CutLink { .. } => "cut",
        Action::SlowLink { .. } => "slow link",
        Action::MakeLossy { .. } => "lossy link",
        Action::MendLink { .. } | Action::Heal => "mending",
        Action::SetClock { .. } => "clock setting",
        Action::StepClock { .. } => "clock step",
        Action::Transfer(_) => "transfer",
        Action::Reconfigure(_) => "change of the members",
        Action::Snapshot(_) => "snapshot",
        Action::Write(_) => "write",
        Action::Read { .. } | Action::ReadStraight(_) => "read",
        Action::Set(_) => "setting",
        Action::DropMessage(_) => "lost message",
        Action::DelayMessage { .. } => "delay",
        Action::DeliverMessage(_) => "early arrival",
    };
    format!("No {what}: {why}.")
}

fn ended(operation: &Operation, outcome: &Outcome) -> String {
    let who = match operation.client {
        0 => "You are".to_string(),
        number => format!("{} is", capitalised(&client(number))),
    };
    let what = request(&operation.request);
    let by = operation.answered_by.map(|node| format!(" by {node}")).unwrap_or_default();
    match outcome {
        Outcome::Written => format!("{who} told{by}: {what} is done."),
        Outcome::Found { value, .. } => format!("{who} told{by}: {what} finds {value}."),
        Outcome::Refused => format!("{who} refused{by}: {what}."),
        Outcome::GaveUp => format!("{who} out of patience: {what}."),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// Whether a story, or a live region, tells this: elections, leaders, commits, faults,
/// clients' answers and violations; not heartbeats. That the nodes start at time
/// zero is not worth telling either: see [`is_beginning`].
pub const fn is_worth_telling(happening: &Happening) -> bool {
    match happening {
        Happening::Node { transition, .. } => matches!(
            transition,
            Transition::BecamePreCandidate { .. }
                | Transition::BecameCandidate { .. }
                | Transition::BecameLeader { .. }
                | Transition::SteppedDown { .. }
                | Transition::ReconfigurationRefused { .. }
                | Transition::TransferStarted { .. }
                | Transition::TransferTold { .. }
                | Transition::TransferEnded { .. }
                | Transition::EntriesRemoved { .. }
                | Transition::CommitAdvanced { because: CommitCause::Counted { .. }, .. }
                | Transition::CommitWithheld { .. }
                | Transition::SnapshotTaken { .. }
                | Transition::SnapshotSendStarted { .. }
                | Transition::SnapshotInstalled { .. }
                | Transition::FastForwarded { .. }
        ),
        Happening::Crashed { .. }
        | Happening::Restarted { .. }
        | Happening::Paused { .. }
        | Happening::Resumed { .. }
        | Happening::SnapshotBegun { .. }
        | Happening::DiskStalled { .. }
        | Happening::DiskUnstalled { .. }
        | Happening::DiskLost { .. }
        | Happening::Parted { .. }
        | Happening::LinkCut { .. }
        | Happening::LinkSlowed { .. }
        | Happening::LinkMadeLossy { .. }
        | Happening::LinkMended { .. }
        | Happening::Healed
        | Happening::MessageDropped { .. }
        | Happening::MessageDelayed { .. }
        | Happening::MessageHurried { .. }
        | Happening::ClockSet { .. }
        | Happening::ClockStepped { .. }
        | Happening::TransferOrdered { .. }
        | Happening::ReconfigurationOrdered { .. }
        | Happening::TimeoutForced { .. }
        | Happening::SettingChanged { .. }
        | Happening::ActionRefused { .. }
        | Happening::OperationEnded { .. }
        | Happening::Violated(_) => true,
        Happening::Sent { .. }
        | Happening::Delivered { .. }
        | Happening::Lost { .. }
        | Happening::WriteAsked { .. }
        | Happening::WriteDurable { .. }
        | Happening::Applied { .. }
        | Happening::Restored { .. }
        | Happening::SnapshotDone { .. }
        | Happening::OperationBegan { .. }
        | Happening::OperationAsked { .. } => false,
    }
}

/// Whether a record only says that a run begins: its nodes start at time zero.
pub fn is_beginning(record: &Record) -> bool {
    record.at.0 == 0 && matches!(record.what, Happening::Restarted { .. })
}
