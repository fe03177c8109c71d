//! What happens inside a node, and why.

use super::{entries, members, names, place, refusal, span};
use raft_core::{
    CandidateCause, CommitCause, IgnoreCause, MessageKind, NodeId, Office, ReadBasis, ReadMode,
    ReadRefusal, ReadWait, ReconfigurationRefusal, SnapshotRefusal, StepDownCause, TermCause,
    TransferEnd, Transition, VoteRefusal,
};

/// What happened inside a node, as a sentence.
pub fn transition(node: NodeId, transition: &Transition) -> Option<String> {
    let text = match transition {
        Transition::TermAdvanced { .. }
        | Transition::TimeoutDrawn { .. }
        | Transition::BecamePreCandidate { .. }
        | Transition::PreVoteGranted { .. }
        | Transition::PreVoteRefused { .. }
        | Transition::PreVotesCounted { .. }
        | Transition::BecameCandidate { .. }
        | Transition::BecameLeader { .. }
        | Transition::SteppedDown { .. }
        | Transition::LeaderRecognised { .. }
        | Transition::VoteGranted { .. }
        | Transition::VoteRefused { .. }
        | Transition::VoteIgnored { .. }
        | Transition::VotesCounted { .. }
        | Transition::TransferStarted { .. }
        | Transition::TransferTold { .. }
        | Transition::TransferEnded { .. } => election(node, transition),
        Transition::RoundStarted { .. }
        | Transition::RoundConfirmed { .. }
        | Transition::ReadAccepted { .. }
        | Transition::ReadConfirmed { .. }
        | Transition::ReadReady { .. }
        | Transition::ReadIndexRequested { .. }
        | Transition::ReadIndexAsked { .. }
        | Transition::ReadIndexGiven { .. }
        | Transition::ReadIndexRefused { .. }
        | Transition::ReadRefused { .. } => read(node, transition),
        Transition::EntryProposed { .. }
        | Transition::EntriesAppended { .. }
        | Transition::EntriesRemoved { .. }
        | Transition::EntriesRefused { .. }
        | Transition::MatchAdvanced { .. }
        | Transition::NextSetBack { .. }
        | Transition::CommitAdvanced { .. }
        | Transition::CommitWithheld { .. } => replication(node, transition),
        Transition::SnapshotTaken { .. }
        | Transition::SnapshotRefused { .. }
        | Transition::LogCompacted { .. }
        | Transition::SnapshotSendStarted { .. }
        | Transition::SnapshotChunkRepeated { .. }
        | Transition::SnapshotChunkTaken { .. }
        | Transition::SnapshotChunkRefused { .. }
        | Transition::SnapshotInstalled { .. }
        | Transition::FastForwarded { .. } => snapshot(node, transition),
        Transition::ConfigurationAdopted { index, membership } => {
            format!("{node} goes by the configuration of entry {index}: {}.", members(membership))
        }
        Transition::ReconfigurationRefused { because, .. } => {
            format!("{node} won't change the members so: {}.", reconfiguration(because))
        }
        Transition::Ignored { from, kind, because } => ignored(node, *from, *kind, *because),
    };
    (!text.is_empty()).then_some(text)
}

fn election(node: NodeId, transition: &Transition) -> String {
    match transition {
        Transition::TermAdvanced { to, because: TermCause::StandsForElection, .. } => {
            format!("{node} enters term {to} to stand for election.")
        }
        Transition::TermAdvanced { to, because: TermCause::SawMessage { from, .. }, .. } => {
            format!("{node} enters term {to}: it hears of it from {from}.")
        }
        Transition::TimeoutDrawn { timeout, .. } => {
            format!("{node} draws an election timeout of {}.", span(*timeout))
        }
        Transition::BecamePreCandidate { for_term, because } => {
            format!("{node} asks whether it would win term {for_term}: {}.", cause(because))
        }
        Transition::PreVoteGranted { to, for_term } => {
            format!("{node} would vote for {to} in term {for_term}.")
        }
        Transition::PreVoteRefused { to, for_term, because } => format!(
            "{node} would not vote for {to} in term {for_term}: {}.",
            refusal(node, *to, because)
        ),
        Transition::PreVotesCounted { granted, refused } => {
            if refused.is_empty() {
                format!("{node} would have the votes of {}.", names(*granted))
            } else {
                let (granted, refused) = (names(*granted), names(*refused));
                format!("{node} would have the votes of {granted}, not of {refused}.")
            }
        }
        Transition::BecameCandidate { term, because } => {
            format!("{node} stands for election in term {term}: {}.", cause(because))
        }
        Transition::BecameLeader { term, votes } => {
            format!("{node} leads term {term}, with the votes of {}.", names(*votes))
        }
        Transition::SteppedDown { was, because } => stepped_down(node, *was, because),
        Transition::LeaderRecognised { leader } => format!("{node} follows {leader}."),
        Transition::VoteGranted { to } if *to == node => format!("{node} votes for itself."),
        Transition::VoteGranted { to } => format!("{node} votes for {to}."),
        Transition::VoteRefused { to, because: VoteRefusal::StaleTerm } => {
            format!("{node} refuses {to} its vote: {to}'s term is over.")
        }
        Transition::VoteRefused { to, because } => {
            format!("{node} refuses {to} its vote: {}.", refusal(node, *to, because))
        }
        Transition::VoteIgnored { from, term, .. } if *from == node => format!(
            "{node} does not stand in term {term}: it promised its vote to a leader that lives."
        ),
        Transition::VoteIgnored { from, term, .. } => format!(
            "{node} ignores {from}, who asks for its vote in term {term}: it has just heard from \
             a leader."
        ),
        Transition::VotesCounted { granted, refused } => {
            if refused.is_empty() {
                format!("{node} has the votes of {}.", names(*granted))
            } else {
                let (granted, refused) = (names(*granted), names(*refused));
                format!("{node} has the votes of {granted}; {refused} refused.")
            }
        }
        Transition::TransferStarted { to } => format!("{node} begins to hand its office to {to}."),
        Transition::TransferTold { to } => {
            format!("{node} tells {to}, who is up to date, to stand for election at once.")
        }
        Transition::TransferEnded { to, because: TransferEnd::TimedOut } => {
            format!("{node} gives up handing its office to {to}: an election timeout passed.")
        }
        _ => String::new(),
    }
}

fn cause(because: &CandidateCause) -> String {
    match because {
        CandidateCause::TimeoutFired { timeout } => {
            format!("its timeout of {} ran out", span(*timeout))
        }
        CandidateCause::TimeoutNow { from } => format!("{from} hands its office over to it"),
        CandidateCause::Told => "it was told to".to_string(),
        CandidateCause::PreVoteWon => "a majority would vote for it".to_string(),
    }
}

fn stepped_down(node: NodeId, was: Office, because: &StepDownCause) -> String {
    let gives_up = match was {
        Office::Leader => "is leader no more",
        Office::Candidate => "is candidate no more",
        Office::PreCandidate => "asks for votes no more",
    };
    match because {
        StepDownCause::LaterTerm { from, term } => {
            format!("{node} {gives_up}: it hears of term {term} from {from}.")
        }
        StepDownCause::Removed => {
            format!("{node} {gives_up}: it is no voter any more, and that is committed.")
        }
        StepDownCause::LostMajority { .. } => {
            format!("{node} {gives_up}: for an election timeout it heard from no majority.")
        }
        StepDownCause::LeaderOfThisTerm { leader } => {
            format!("{node} {gives_up}: {leader} won this term.")
        }
    }
}

fn replication(node: NodeId, transition: &Transition) -> String {
    match transition {
        Transition::EntryProposed { index } => format!("{node} takes entry {index} into its log."),
        Transition::EntriesAppended { first, last } => {
            format!("{node} appends {}.", entries(*first, *last))
        }
        Transition::EntriesRemoved { first, last, committed } => {
            let what = entries(*first, *last);
            let so = if *committed { ", though committed" } else { "" };
            format!("{node} removes {what}{so}: the leader's log has others there.")
        }
        Transition::EntriesRefused { asked, hint } => format!(
            "{node} refuses entries: it doesn't hold {}; nothing past {} can match.",
            place(*asked),
            place(*hint)
        ),
        Transition::MatchAdvanced { follower, match_index } => {
            format!("{node} learns that {follower} holds its log up to {match_index}.")
        }
        Transition::NextSetBack { follower, next_index } => format!(
            "{node} goes back to entry {next_index} to find where {follower}'s log parts from its own."
        ),
        Transition::CommitAdvanced { to, because: CommitCause::Counted { holders }, .. } => {
            format!("{node} commits up to entry {to}: {} hold it.", names(*holders))
        }
        Transition::CommitAdvanced { to, because: CommitCause::LeaderSaid { leader }, .. } => {
            format!("{node} learns from {leader} that all up to entry {to} is committed.")
        }
        Transition::CommitAdvanced { to, because: CommitCause::LaterConfiguration, .. } => format!(
            "{node} restarts, and knows all up to entry {to} to be committed: its log holds a \
             later configuration."
        ),
        Transition::CommitWithheld { index, term } => format!(
            "{node} doesn't commit entry {index} yet, though a majority holds it: it is of term \
             {term}, not of its own."
        ),
        _ => String::new(),
    }
}

fn snapshot(node: NodeId, transition: &Transition) -> String {
    match transition {
        Transition::SnapshotTaken { end, bytes } => {
            format!("{node} takes a snapshot of all up to entry {}: {bytes} bytes.", end.index)
        }
        Transition::SnapshotRefused { index, because } => {
            let why = match because {
                SnapshotRefusal::NotApplied { applied_index } => {
                    format!("it has applied no more than entry {applied_index}")
                }
                SnapshotRefusal::NotNewer { than } => {
                    format!("the last one goes up to entry {than}")
                }
                SnapshotRefusal::TooLarge => "it is too large".to_string(),
                SnapshotRefusal::ConfigurationNotSettled => {
                    "the last configuration in it is not written twice yet".to_string()
                }
            };
            format!("{node} does not use a snapshot up to entry {index}: {why}.")
        }
        Transition::LogCompacted { through } => {
            format!("{node} drops its log up to entry {through}: the snapshot covers it.")
        }
        Transition::SnapshotSendStarted { to, end, bytes } => format!(
            "{node} sends {to} its snapshot up to entry {}, {bytes} bytes: the next entry that \
             {to} lacks is gone.",
            end.index
        ),
        Transition::SnapshotChunkRepeated { to, offset } => format!(
            "{node} sends {to} the snapshot from byte {} on again: an election timeout passed \
             without an answer.",
            offset + 1
        ),
        Transition::SnapshotChunkTaken { from, received, total, .. } => {
            format!("{node} has {received} of {total} bytes of {from}'s snapshot.")
        }
        Transition::SnapshotChunkRefused { from, wanted, .. } => format!(
            "{node} can't use that part of {from}'s snapshot: it wants the one from byte {} on.",
            wanted + 1
        ),
        Transition::SnapshotInstalled { from, end } => format!(
            "{node} goes by {from}'s snapshot: it stands in place of its log, up to entry {}.",
            end.index
        ),
        Transition::FastForwarded { from, end } => format!(
            "{node} needs no snapshot of {from}'s: it has entry {} already, so all up to there              is committed.",
            end.index
        ),
        _ => String::new(),
    }
}

fn reconfiguration(because: &ReconfigurationRefusal) -> String {
    match because {
        ReconfigurationRefusal::AnotherUnderWay => "the change before is not over".to_string(),
        ReconfigurationRefusal::NothingCommittedInTerm => {
            "it has committed nothing in its own term yet".to_string()
        }
        ReconfigurationRefusal::NoVoters => "nobody would vote".to_string(),
        ReconfigurationRefusal::ChangesNothing => "nothing would change".to_string(),
        ReconfigurationRefusal::LearnerLags { entries } => {
            format!("the learner lacks {entries} entries")
        }
    }
}

fn read(node: NodeId, transition: &Transition) -> String {
    match transition {
        Transition::RoundStarted { confirms_read: true, .. } => {
            format!("{node} asks everyone whether it still leads, for a read.")
        }
        Transition::RoundStarted { round, .. } => {
            format!("{node} sends round {} of its heartbeats.", round.0)
        }
        Transition::RoundConfirmed { round, lease_until: Some(_), .. } => {
            format!("A majority answered {node}'s round {}: its lease is extended.", round.0)
        }
        Transition::RoundConfirmed { round, lease_until: None, .. } => {
            format!("A majority answered {node}'s round {}: it led when it sent it.", round.0)
        }
        Transition::ReadAccepted { mode, waits_for, .. } => {
            format!("{node} takes a read by {}: {}.", read_mode(*mode), read_wait(*waits_for))
        }
        Transition::ReadConfirmed { read_index, basis, .. } => match basis {
            ReadBasis::Round(_) => format!(
                "A majority confirms that {node} leads: the read may see all up to entry {read_index}."
            ),
            ReadBasis::Lease { .. } => format!(
                "{node} relies on its lease: the read may see all up to entry {read_index}."
            ),
            ReadBasis::Log { index } => format!(
                "Entry {index}, which {node} appended for a read, is committed: the read may see \
                 all before it."
            ),
        },
        Transition::ReadReady { read_index, basis, .. } => match basis {
            ReadBasis::Round(_) => format!("{node} answers a read as of entry {read_index}."),
            ReadBasis::Lease { .. } => {
                format!("{node} answers a read as of entry {read_index}, by its lease.")
            }
            ReadBasis::Log { index } => {
                format!("{node} answers a read as of entry {index}, which it appended for it.")
            }
        },
        Transition::ReadRefused { because: ReadRefusal::LostOffice, .. } => {
            format!("{node} refuses a read that waited: it leads no more.")
        }
        Transition::ReadRefused { because, .. } => {
            format!("{node} refuses a read: {}.", read_refusal(node, *because))
        }
        Transition::ReadIndexRequested { leader, mode, .. } => format!(
            "{node} asks {leader} up to where it must have applied to answer reads by {}.",
            read_mode(*mode)
        ),
        Transition::ReadIndexAsked { from, waits_for, .. } => {
            format!("{node} takes {from}'s request for a read index: {}.", read_wait(*waits_for))
        }
        Transition::ReadIndexGiven { to, read_index, basis, .. } => {
            let by = match basis {
                ReadBasis::Round(_) => "a majority confirms that it leads",
                ReadBasis::Lease { .. } => "it relies on its lease",
                ReadBasis::Log { .. } => "an entry of its own is committed",
            };
            format!("{node} gives {to} the read index {read_index}: {by}.")
        }
        Transition::ReadIndexRefused { to, because, .. } => {
            format!("{node} refuses {to} a read index: {}.", read_refusal(node, *because))
        }
        _ => String::new(),
    }
}

/// By what a read is to be answered: `a read by ...`.
pub(super) const fn read_mode(mode: ReadMode) -> &'static str {
    match mode {
        ReadMode::ReadIndex => "ReadIndex",
        ReadMode::Lease => "lease",
        ReadMode::Log => "an entry of its own",
    }
}

fn read_wait(waits_for: ReadWait) -> String {
    match waits_for {
        ReadWait::FirstCommitOfTerm => "it waits for the first commit of its term".to_string(),
        ReadWait::Round(_) => "it waits for a majority to confirm that it leads".to_string(),
        ReadWait::Entry(_) => "it waits for that entry to be committed".to_string(),
        ReadWait::Leader(leader) => format!("it asks {leader}, which leads"),
        ReadWait::Nothing => "its lease is good".to_string(),
    }
}

/// Why a node doesn't answer a read.
pub(super) fn read_refusal(node: NodeId, because: ReadRefusal) -> String {
    match because {
        ReadRefusal::NotLeader => format!("{node} doesn't lead"),
        ReadRefusal::LostOffice => format!("{node} leads no more"),
        ReadRefusal::HandingOver => format!("{node} hands its office over"),
        ReadRefusal::LeaderChanged => "the leader that was asked is followed no more".to_string(),
        ReadRefusal::TimedOut => "it has waited for too long".to_string(),
        ReadRefusal::TooMany => "too many wait already".to_string(),
    }
}

fn ignored(
    node: NodeId,
    from: Option<NodeId>,
    kind: Option<MessageKind>,
    because: IgnoreCause,
) -> String {
    let what = match (from, kind) {
        (Some(from), Some(kind)) => format!("{from}'s {}", kind_name(kind)),
        (Some(from), None) => format!("a message from {from}"),
        (None, _) => "what it is told".to_string(),
    };
    let why = match because {
        IgnoreCause::Misaddressed => "it is not addressed to it",
        IgnoreCause::NotAMember => "the sender is none of the configuration's",
        IgnoreCause::StaleTerm => "it answers something of an earlier term",
        IgnoreCause::WrongRole => "it is not in the role for that",
        IgnoreCause::NothingNew => "it tells nothing new",
        IgnoreCause::SecondLeaderOfTerm => "another leads that very term",
        IgnoreCause::OverwritesCommitted => "it would overwrite committed entries",
        IgnoreCause::Impossible => "its numbers can't be",
    };
    format!("{node} ignores {what}: {why}.")
}

pub(super) fn kind_name(kind: MessageKind) -> &'static str {
    match kind {
        MessageKind::RequestVote => "RequestVote",
        MessageKind::RequestVoteReply => "answer to RequestVote",
        MessageKind::RequestPreVote => "RequestPreVote",
        MessageKind::RequestPreVoteReply => "answer to RequestPreVote",
        MessageKind::TimeoutNow => "TimeoutNow",
        MessageKind::AppendEntries => "AppendEntries",
        MessageKind::AppendEntriesReply => "answer to AppendEntries",
        MessageKind::InstallSnapshot => "InstallSnapshot",
        MessageKind::InstallSnapshotReply => "answer to InstallSnapshot",
        MessageKind::RequestReadIndex => "RequestReadIndex",
        MessageKind::RequestReadIndexReply => "answer to RequestReadIndex",
    }
}
