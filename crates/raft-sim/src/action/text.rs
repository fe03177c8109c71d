//! An action as a link and a scenario spell it: `412000:crash:leader` is "at 412 ms, crash
//! the leader".

use super::{Action, Step};
use crate::clock::Rate;
use crate::network::MessageName;
use crate::who::{Letters, Who, node};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use raft_core::{Micros, NodeSet, ReadMode, Reconfiguration};

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Crash(who) => write!(formatter, "crash:{who}"),
            Action::Restart(node) => write!(formatter, "restart:{node}"),
            Action::Pause(who) => write!(formatter, "pause:{who}"),
            Action::Suspend(who) => write!(formatter, "suspend:{who}"),
            Action::Resume(node) => write!(formatter, "resume:{node}"),
            Action::StallDisk(who) => write!(formatter, "stall-disk:{who}"),
            Action::UnstallDisk(who) => write!(formatter, "unstall-disk:{who}"),
            Action::LoseDisk(who) => write!(formatter, "lose-disk:{who}"),
            Action::ForceTimeout(node) => write!(formatter, "timeout:{node}"),
            Action::Partition(groups) => {
                formatter.write_str("partition:")?;
                for (place, group) in groups.iter().enumerate() {
                    if place > 0 {
                        formatter.write_str("-")?;
                    }
                    Letters(*group).fmt(formatter)?;
                }
                Ok(())
            }
            Action::Isolate(who) => write!(formatter, "isolate:{who}"),
            Action::CutLink { from, to } => write!(formatter, "cut:{from}-{to}"),
            Action::SlowLink { from, to, by } => write!(formatter, "slow:{from}-{to}:{}", by.0),
            Action::MakeLossy { from, to, per_million } => {
                write!(formatter, "loss:{from}-{to}:{per_million}")
            }
            Action::MendLink { from, to } => write!(formatter, "mend:{from}-{to}"),
            Action::Heal => formatter.write_str("heal"),
            Action::SetClock { node, rate } => write!(formatter, "clock:{node}:{rate}"),
            Action::StepClock { node, by_micros } => {
                write!(formatter, "step:{node}:{by_micros:+}")
            }
            Action::Transfer(to) => write!(formatter, "transfer:{to}"),
            Action::Reconfigure(change) => match change {
                Reconfiguration::AddLearner(node) => write!(formatter, "add-learner:{node}"),
                Reconfiguration::AddVoter(node) => write!(formatter, "add-voter:{node}"),
                Reconfiguration::Remove(node) => write!(formatter, "remove:{node}"),
                Reconfiguration::Joint { voters, learners } if learners.is_empty() => {
                    write!(formatter, "joint:{}", Letters(*voters))
                }
                Reconfiguration::Joint { voters, learners } => {
                    write!(formatter, "joint:{}-{}", Letters(*voters), Letters(*learners))
                }
            },
            Action::Snapshot(who) => write!(formatter, "snapshot:{who}"),
            Action::Write(who) => write!(formatter, "write:{who}"),
            Action::Read { from, mode: ReadMode::ReadIndex } => {
                write!(formatter, "read-index:{from}")
            }
            Action::Read { from, mode: ReadMode::Lease } => write!(formatter, "read-lease:{from}"),
            Action::ReadStraight(from) => write!(formatter, "read-straight:{from}"),
            Action::Set(setting) => write!(formatter, "set:{setting}"),
            Action::DropMessage(message) => write!(formatter, "drop:{message}"),
            Action::DelayMessage { message, by } => write!(formatter, "delay:{message}:{}", by.0),
            Action::DeliverMessage(message) => write!(formatter, "deliver:{message}"),
            Action::Read { from, mode: ReadMode::Log } => write!(formatter, "read-log:{from}"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.at.0, self.action)
    }
}

/// Why a text is no action: what is wrong, and what would be right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionError(pub(crate) String);

impl fmt::Display for ActionError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl core::error::Error for ActionError {}

/// What actions begin with.
pub(crate) const KINDS: &[&str] = &[
    "crash",
    "restart",
    "pause",
    "suspend",
    "resume",
    "stall-disk",
    "unstall-disk",
    "lose-disk",
    "timeout",
    "partition",
    "isolate",
    "cut",
    "slow",
    "loss",
    "mend",
    "heal",
    "clock",
    "step",
    "transfer",
    "add-learner",
    "add-voter",
    "remove",
    "joint",
    "snapshot",
    "write",
    "read-index",
    "read-lease",
    "read-log",
    "read-straight",
    "set",
    "drop",
    "delay",
    "deliver",
];

fn who(text: &str) -> Result<Who, ActionError> {
    text.parse()
}

/// `A-B`, `leader-former-leader`: the two ends are parted by the hyphen at which both
/// sides make sense.
fn link(text: &str) -> Result<(Who, Who), ActionError> {
    let ends = |(at, _)| Some((who(&text[..at]).ok()?, who(&text[at + 1..]).ok()?));
    let Some((from, to)) = text.match_indices('-').find_map(ends) else {
        return Err(ActionError(format!(
            "“{text}” is no link: write from-to, such as A-B or leader-C"
        )));
    };
    if from == to {
        return Err(ActionError(format!("“{text}” is no link: a link has two ends")));
    }
    Ok((from, to))
}

fn groups(text: &str) -> Result<Vec<NodeSet>, ActionError> {
    let mut taken = NodeSet::EMPTY;
    let mut groups = Vec::new();
    for part in text.split('-') {
        let mut group = NodeSet::EMPTY;
        for letter in part.chars() {
            let member = node(letter.encode_utf8(&mut [0; 4]))?;
            if taken.contains(member) {
                return Err(ActionError(format!("in “{text}”, {member} is in two groups")));
            }
            taken = taken.with(member);
            group = group.with(member);
        }
        if group.is_empty() {
            return Err(ActionError(format!(
                "“{text}” has an empty group: write groups of letters, such as ABE-CD"
            )));
        }
        groups.push(group);
    }
    Ok(groups)
}

fn clock(text: &str) -> Result<(Who, Rate), ActionError> {
    let wrong = || {
        ActionError(format!(
            "“{text}” is no clock rate: write node:ratio from 1/2 to 2/1, such as A:4/5"
        ))
    };
    let (name, ratio) = text.split_once(':').ok_or_else(wrong)?;
    let (numerator, denominator) = ratio.split_once('/').ok_or_else(wrong)?;
    let rate = Rate {
        numerator: numerator.parse().map_err(|_| wrong())?,
        denominator: denominator.parse().map_err(|_| wrong())?,
    };
    if !rate.is_plausible() {
        return Err(wrong());
    }
    Ok((who(name)?, rate))
}

/// A jump of a clock, in microseconds; the sign is part of it, so that one sees which way.
fn clock_step(text: &str) -> Result<(Who, i64), ActionError> {
    let wrong = || {
        ActionError(format!(
            "“{text}” is no step of a clock: write node:microseconds with a sign, such as \
             A:-250000, at most an hour either way"
        ))
    };
    let (name, by) = text.split_once(':').ok_or_else(wrong)?;
    if !by.starts_with(['+', '-']) {
        return Err(wrong());
    }
    let by_micros = by.parse().map_err(|_| wrong())?;
    if !is_plausible_step(by_micros) {
        return Err(wrong());
    }
    Ok((who(name)?, by_micros))
}

fn slow_link(text: &str) -> Result<Action, ActionError> {
    let wrong = || {
        ActionError(format!(
            "“{text}” is no slow link: write from-to:microseconds, such as A-B:50000, at most a \
             minute"
        ))
    };
    let (ends, by) = text.rsplit_once(':').ok_or_else(wrong)?;
    let by = by.parse().map(Micros).map_err(|_| wrong())?;
    if by > SLOWEST {
        return Err(wrong());
    }
    link(ends).map(|(from, to)| Action::SlowLink { from, to, by })
}

fn lossy_link(text: &str) -> Result<Action, ActionError> {
    let wrong = || {
        ActionError(format!(
            "“{text}” is no lossy link: write from-to:messages of a million, such as A-B:250000, \
             at most 1000000"
        ))
    };
    let (ends, per_million) = text.rsplit_once(':').ok_or_else(wrong)?;
    let per_million = per_million.parse().map_err(|_| wrong())?;
    if per_million > 1_000_000 {
        return Err(wrong());
    }
    link(ends).map(|(from, to)| Action::MakeLossy { from, to, per_million })
}

/// `A-B:17`, the 17th message from A to B.
fn message(text: &str) -> Result<MessageName, ActionError> {
    let read = || {
        let (ends, nth) = text.split_once(':')?;
        let (from, to) = ends.split_once('-')?;
        let (from, to) = (node(from).ok()?, node(to).ok()?);
        let nth = nth.parse().ok().filter(|nth| *nth > 0)?;
        (from != to).then_some(MessageName { from, to, nth })
    };
    read().ok_or_else(|| {
        ActionError(format!(
            "“{text}” is no message: write from-to:number, such as A-B:17 for the 17th that A sends B"
        ))
    })
}

fn delayed(text: &str) -> Result<Action, ActionError> {
    let wrong = || {
        ActionError(format!(
            "“{text}” is no delay: write from-to:number:microseconds, such as A-B:17:5000, from 1 \
             to a minute"
        ))
    };
    let (name, by) = text.rsplit_once(':').ok_or_else(wrong)?;
    let by = by.parse().map(Micros).map_err(|_| wrong())?;
    if !is_plausible_delay(by) {
        return Err(wrong());
    }
    Ok(Action::DelayMessage { message: message(name)?, by })
}

/// Whether a message is held up by a minute at most, and not by nothing.
const fn is_plausible_delay(by: Micros) -> bool {
    by.0 > 0 && by.0 <= SLOWEST.0
}

/// The most that a link is made slower by.
const SLOWEST: Micros = Micros::from_secs(60);

/// Whether a clock jumps by an hour at most, and not by nothing.
const fn is_plausible_step(by_micros: i64) -> bool {
    by_micros != 0 && by_micros.unsigned_abs() <= 3_600_000_000
}

fn joint(text: &str) -> Result<Reconfiguration, ActionError> {
    match groups(text)?.as_slice() {
        [voters] => Ok(Reconfiguration::Joint { voters: *voters, learners: NodeSet::EMPTY }),
        [voters, learners] => Ok(Reconfiguration::Joint { voters: *voters, learners: *learners }),
        _ => Err(ActionError(format!(
            "“{text}” are no members: write voters, or voters-learners, such as ABD or ABD-E"
        ))),
    }
}

impl FromStr for Action {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Action, ActionError> {
        let (kind, rest) = text.split_once(':').unwrap_or((text, ""));
        Ok(match kind {
            "crash" => Action::Crash(who(rest)?),
            "restart" => Action::Restart(who(rest)?),
            "pause" => Action::Pause(who(rest)?),
            "suspend" => Action::Suspend(who(rest)?),
            "resume" => Action::Resume(who(rest)?),
            "stall-disk" => Action::StallDisk(who(rest)?),
            "unstall-disk" => Action::UnstallDisk(who(rest)?),
            "lose-disk" => Action::LoseDisk(who(rest)?),
            "timeout" => Action::ForceTimeout(who(rest)?),
            "partition" => Action::Partition(groups(rest)?),
            "isolate" => Action::Isolate(who(rest)?),
            "cut" => link(rest).map(|(from, to)| Action::CutLink { from, to })?,
            "slow" => slow_link(rest)?,
            "loss" => lossy_link(rest)?,
            "mend" => link(rest).map(|(from, to)| Action::MendLink { from, to })?,
            "heal" if rest.is_empty() => Action::Heal,
            "clock" => clock(rest).map(|(node, rate)| Action::SetClock { node, rate })?,
            "step" => {
                clock_step(rest).map(|(node, by_micros)| Action::StepClock { node, by_micros })?
            }
            "transfer" => Action::Transfer(who(rest)?),
            "add-learner" => Action::Reconfigure(Reconfiguration::AddLearner(node(rest)?)),
            "add-voter" => Action::Reconfigure(Reconfiguration::AddVoter(node(rest)?)),
            "remove" => Action::Reconfigure(Reconfiguration::Remove(node(rest)?)),
            "joint" => Action::Reconfigure(joint(rest)?),
            "snapshot" => Action::Snapshot(who(rest)?),
            "write" => Action::Write(who(rest)?),
            "read-index" => Action::Read { from: who(rest)?, mode: ReadMode::ReadIndex },
            "read-lease" => Action::Read { from: who(rest)?, mode: ReadMode::Lease },
            "read-straight" => Action::ReadStraight(who(rest)?),
            "set" => Action::Set(rest.parse()?),
            "drop" => Action::DropMessage(message(rest)?),
            "delay" => delayed(rest)?,
            "deliver" => Action::DeliverMessage(message(rest)?),
            "read-log" => Action::Read { from: who(rest)?, mode: ReadMode::Log },
            _ => {
                let kinds = KINDS.join(", ");
                return Err(ActionError(format!("“{text}” is no action: it begins with {kinds}")));
            }
        })
    }
}

impl FromStr for Step {
    type Err = ActionError;

    fn from_str(text: &str) -> Result<Step, ActionError> {
        let (at, action) = text.split_once(':').unwrap_or((text, ""));
        let at = at.parse().map(Micros).map_err(|_| {
            ActionError(format!(
                "“{at}” is no moment: an action is microseconds:what, such as 412000:crash:B"
            ))
        })?;
        Ok(Step { at, action: action.parse()? })
    }
}

/// Steps as a link carries them: separated by commas.
///
/// # Errors
/// The first step that can't be read, with its place.
pub fn parse_steps(text: &str) -> Result<Vec<Step>, ActionError> {
    text.split(',')
        .filter(|part| !part.is_empty())
        .enumerate()
        .map(|(place, part)| {
            part.parse().map_err(|error| ActionError(format!("action {}: {error}", place + 1)))
        })
        .collect()
}

/// Steps as a link carries them: separated by commas.
pub fn format_steps(steps: &[Step]) -> String {
    steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;
    use raft_core::NodeId;

    #[test]
    fn every_action_survives_its_text() {
        let who = [Who::Leader, Who::Node(NodeId::C)];
        let mut actions = vec![
            Action::Restart(Who::FormerLeader),
            Action::ForceTimeout(Who::Follower),
            Action::Partition(vec![NodeSet::first(2), NodeSet::only(NodeId::D)]),
            Action::CutLink { from: NodeId::A.into(), to: NodeId::B.into() },
            Action::CutLink { from: Who::Leader, to: Who::FormerLeader },
            Action::SlowLink { from: Who::FormerLeader, to: Who::Leader, by: Micros(50_000) },
            Action::MakeLossy { from: NodeId::A.into(), to: Who::Leader, per_million: 1_000_000 },
            Action::CutLink { from: Who::FollowerNot(NodeSet::first(2)), to: Who::Leader },
            Action::MendLink { from: NodeId::A.into(), to: NodeId::B.into() },
            Action::Heal,
            Action::SetClock {
                node: NodeId::A.into(),
                rate: Rate { numerator: 4, denominator: 5 },
            },
            Action::StepClock { node: NodeId::A.into(), by_micros: 5_000 },
            Action::StepClock { node: NodeId::A.into(), by_micros: -250_000 },
            Action::Transfer(NodeId::B.into()),
            Action::Reconfigure(Reconfiguration::AddLearner(NodeId::D)),
            Action::Reconfigure(Reconfiguration::AddVoter(NodeId::D)),
            Action::Reconfigure(Reconfiguration::Remove(NodeId::A)),
            Action::Reconfigure(Reconfiguration::Joint {
                voters: NodeSet::first(2).with(NodeId::D),
                learners: NodeSet::EMPTY,
            }),
            Action::Reconfigure(Reconfiguration::Joint {
                voters: NodeSet::first(2).with(NodeId::D),
                learners: NodeSet::only(NodeId::E),
            }),
        ];
        for who in who {
            actions.extend([
                Action::Crash(who),
                Action::Pause(who),
                Action::Suspend(who),
                Action::Resume(who),
                Action::StallDisk(who),
                Action::UnstallDisk(who),
                Action::LoseDisk(who),
                Action::Isolate(who),
                Action::Snapshot(who),
                Action::Write(who),
                Action::ReadStraight(who),
                Action::Read { from: who, mode: ReadMode::Lease },
                Action::Read { from: who, mode: ReadMode::ReadIndex },
                Action::Read { from: who, mode: ReadMode::Log },
            ]);
        }
        let steps: Vec<Step> =
            actions.into_iter().map(|action| Step { at: Micros(412_000), action }).collect();
        assert_eq!(parse_steps(&format_steps(&steps)), Ok(steps));
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        for (text, says) in [
            ("crash:B", "“crash” is no moment"),
            ("5:explode", "it begins with crash, restart"),
            ("5:crash:", "“” is no node"),
            ("5:crash:B,6:crash:bb", "action 2: “bb” is no node"),
            ("5:partition:AB-BC", "B is in two groups"),
            ("5:partition:AB-", "empty group"),
            ("5:cut:A", "write from-to"),
            ("5:cut:A-A", "two ends"),
            ("5:slow:A-B", "write from-to:microseconds"),
            ("5:slow:A-B:60000001", "at most a minute"),
            ("5:slow:A-A:1", "two ends"),
            ("5:loss:A-B:1000001", "at most 1000000"),
            ("5:loss:A:1", "write from-to, such as"),
            ("5:drop:A-B", "write from-to:number"),
            ("5:delay:A-B:1:0", "such as A-B:17:5000, from 1 to a minute"),
            ("5:delay:A-B:1:60000001", "from 1 to a minute"),
            ("5:clock:A:9/1", "from 1/2 to 2/1"),
            ("5:clock:A:1/0", "from 1/2 to 2/1"),
            ("5:step:A:250", "with a sign"),
            ("5:step:A:+0", "at most an hour"),
            ("5:step:A:+3600000001", "at most an hour"),
            ("5:transfer:folower", "“folower” is no node"),
            ("5:cut:leader-leader", "two ends"),
            ("5:remove:AB", "“AB” is no node"),
            ("5:joint:AB-B", "B is in two groups"),
            ("5:joint:AB-C-D", "voters-learners"),
            ("5:joint:", "empty group"),
        ] {
            let error = parse_steps(text).expect_err(text).to_string();
            assert!(error.contains(says) && !error.contains("  "), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            let _ = parse_steps(&text);
        }
    }
}
