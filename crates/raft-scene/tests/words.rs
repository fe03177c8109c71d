//! Everything that happens, every transition and every refusal, has words.

#![allow(clippy::unwrap_used, reason = "a test may")]

mod common;

use raft_core::{
    AppendAnswer, AppendReply, CandidateCause, CommitCause, Envelope, IgnoreCause, Index, LogEnd,
    Message, MessageKind, Micros, NodeId, NodeSet, Office, PreVoteReply, ReadBasis, ReadMode,
    ReadRefusal, ReadWait, Reconfiguration, RequestId, RequestVote, Round, StepDownCause, Term,
    TermCause, TransferEnd, Transition, VoteAnswer, VoteRefusal,
};
use raft_scene::{Hit, Point, StageView, bounds_of, everything, hit_test, motion, stage, words};
use raft_sim::{
    Action, ActionRefusal, Happening, MessageId, MessageName, Property, SETTINGS, Setting, Who,
};

fn is_a_sentence(text: &str) -> bool {
    text.ends_with('.')
        && text.starts_with(|letter: char| letter.is_uppercase())
        && !text.contains("  ")
        && !text.contains("..")
}

fn end(term: u64, index: u64) -> LogEnd {
    LogEnd { term: Term(term), index: Index(index) }
}

fn refusals() -> Vec<VoteRefusal> {
    vec![
        VoteRefusal::StaleTerm,
        VoteRefusal::AlreadyVotedFor(NodeId::A),
        VoteRefusal::AlreadyVotedFor(NodeId::C),
        VoteRefusal::LogBehind { candidate: end(2, 5), voter: end(3, 4) },
        VoteRefusal::LogBehind { candidate: end(3, 3), voter: end(3, 4) },
        VoteRefusal::LogBehind { candidate: end(0, 0), voter: end(3, 4) },
        VoteRefusal::IsLeader,
        VoteRefusal::HearsLeader,
    ]
}

fn transitions() -> Vec<Transition> {
    let some = NodeSet::first(3);
    let round = Round(4);
    let request = RequestId(1);
    let (index, term) = (Index(4), Term(3));
    let mut all = vec![
        Transition::TermAdvanced { from: Term(2), to: term, because: TermCause::StandsForElection },
        Transition::TermAdvanced {
            from: Term(2),
            to: term,
            because: TermCause::SawMessage {
                from: NodeId::B,
                kind: raft_core::MessageKind::RequestVote,
            },
        },
        Transition::TimeoutDrawn { timeout: Micros(187_400), deadline: Micros(400_000) },
        Transition::PreVoteGranted { to: NodeId::B, for_term: term },
        Transition::PreVotesCounted { granted: some, refused: NodeSet::EMPTY },
        Transition::PreVotesCounted { granted: some, refused: NodeSet::only(NodeId::E) },
        Transition::VotesCounted { granted: some, refused: NodeSet::EMPTY },
        Transition::VotesCounted { granted: some, refused: NodeSet::only(NodeId::E) },
        Transition::BecameLeader { term, votes: some },
        Transition::LeaderRecognised { leader: NodeId::B },
        Transition::VoteGranted { to: NodeId::A },
        Transition::VoteGranted { to: NodeId::B },
        Transition::VoteIgnored { from: NodeId::A, term, leader_heard_at: Micros(1) },
        Transition::VoteIgnored { from: NodeId::B, term, leader_heard_at: Micros(1) },
        Transition::EntryProposed { index },
        Transition::EntriesAppended { first: index, last: index },
        Transition::EntriesRemoved { first: index, last: Index(6), committed: true },
        Transition::EntriesRefused { asked: end(3, 9), hint: end(0, 0) },
        Transition::MatchAdvanced { follower: NodeId::B, match_index: index },
        Transition::NextSetBack { follower: NodeId::B, next_index: index },
        Transition::TransferStarted { to: NodeId::B },
        Transition::TransferTold { to: NodeId::B },
        Transition::TransferEnded { to: NodeId::B, because: TransferEnd::TimedOut },
        Transition::CommitWithheld { index, term },
        Transition::RoundStarted { round, confirms_read: true },
        Transition::RoundStarted { round, confirms_read: false },
        Transition::RoundConfirmed { round, sent_at: Micros(1), lease_until: Some(Micros(2)) },
        Transition::RoundConfirmed { round, sent_at: Micros(1), lease_until: None },
        Transition::ReadRefused { request, because: ReadRefusal::NotLeader },
        Transition::ReadRefused { request, because: ReadRefusal::LostOffice },
    ];
    for because in [
        CandidateCause::TimeoutFired { timeout: Micros(163_000) },
        CandidateCause::Told,
        CandidateCause::PreVoteWon,
        CandidateCause::TimeoutNow { from: NodeId::B },
    ] {
        all.push(Transition::BecameCandidate { term, because });
        all.push(Transition::BecamePreCandidate { for_term: term, because });
    }
    for because in refusals() {
        all.push(Transition::VoteRefused { to: NodeId::B, because });
        all.push(Transition::PreVoteRefused { to: NodeId::B, for_term: term, because });
    }
    for was in [Office::PreCandidate, Office::Candidate, Office::Leader] {
        for because in [
            StepDownCause::LaterTerm { from: NodeId::B, term },
            StepDownCause::LostMajority { last_confirmed_sent_at: Micros(1) },
            StepDownCause::LeaderOfThisTerm { leader: NodeId::B },
        ] {
            all.push(Transition::SteppedDown { was, because });
        }
    }
    for because in
        [CommitCause::Counted { holders: some }, CommitCause::LeaderSaid { leader: NodeId::B }]
    {
        all.push(Transition::CommitAdvanced { from: Index(2), to: index, because });
    }
    for waits_for in [ReadWait::FirstCommitOfTerm, ReadWait::Round(round), ReadWait::Nothing] {
        for mode in [ReadMode::ReadIndex, ReadMode::Lease] {
            all.push(Transition::ReadAccepted { request, mode, waits_for });
        }
    }
    for basis in [ReadBasis::Round(round), ReadBasis::Lease { until: Micros(2) }] {
        all.push(Transition::ReadConfirmed { request, read_index: index, basis });
        all.push(Transition::ReadReady { request, read_index: index, basis });
    }
    for because in [
        IgnoreCause::Misaddressed,
        IgnoreCause::NotAMember,
        IgnoreCause::StaleTerm,
        IgnoreCause::WrongRole,
        IgnoreCause::NothingNew,
        IgnoreCause::SecondLeaderOfTerm,
        IgnoreCause::OverwritesCommitted,
        IgnoreCause::Impossible,
    ] {
        let kind = Some(raft_core::MessageKind::AppendEntriesReply);
        all.push(Transition::Ignored { from: Some(NodeId::B), kind, because });
        all.push(Transition::Ignored { from: None, kind: None, because });
    }
    all
}

#[test]
fn every_transition_has_a_sentence_of_its_own() {
    let mut told: Vec<String> = Vec::new();
    for transition in transitions() {
        let text = words::transition(NodeId::A, &transition).expect("words for it");
        assert!(is_a_sentence(&text), "{text}");
        assert!(!told.contains(&text), "said twice: {text}");
        told.push(text);
    }
}

#[test]
fn every_refusal_says_why() {
    let envelope = |body| Envelope { from: NodeId::B, to: NodeId::A, term: Term(5), body };
    let mut replies: Vec<Envelope> = Vec::new();
    for because in refusals() {
        replies.push(envelope(Message::RequestVoteReply(VoteAnswer::Refused(because))));
        let answer = VoteAnswer::Refused(because);
        let reply = PreVoteReply { for_term: Term(6), answer };
        replies.push(envelope(Message::RequestPreVoteReply(reply)));
    }
    for answer in
        [AppendAnswer::Conflict { refused: Index(7), hint: end(1, 3) }, AppendAnswer::StaleTerm]
    {
        replies
            .push(envelope(Message::AppendEntriesReply(AppendReply { round: Round(1), answer })));
    }
    for reply in replies {
        let said = words::message(&reply);
        assert!(said.is_refusal && said.detail.starts_with("refused: "), "{said:?}");
        assert!(said.detail.len() > "refused: ".len() + 8, "{said:?}");
    }
}

#[test]
fn what_the_design_gives_as_examples_is_said_so() {
    let from =
        |from, to, term, body| words::message(&Envelope { from, to, term: Term(term), body });
    let request = RequestVote { log_end: end(2, 3), by_transfer: false };
    let said = from(NodeId::A, NodeId::B, 4, Message::RequestVote(request));
    assert_eq!(
        (said.title, said.detail.as_str()),
        ("RequestVote", "term 4, log ends at index 3 of term 2")
    );
    let behind = VoteRefusal::LogBehind { candidate: end(2, 9), voter: end(3, 4) };
    let reply = Message::RequestVoteReply(VoteAnswer::Refused(behind));
    let said = from(NodeId::B, NodeId::A, 4, reply);
    assert_eq!(said.detail, "refused: B's log ends in term 3, A's in term 2");
    let because = CandidateCause::TimeoutFired { timeout: Micros(163_000) };
    let stands = Transition::BecameCandidate { term: Term(4), because };
    assert_eq!(
        words::transition(NodeId::B, &stands).unwrap(),
        "B stands for election in term 4: its timeout of 163 ms ran out."
    );
}

#[test]
fn all_that_happens_in_the_scenarios_is_told_in_sentences() {
    for name in common::names() {
        let timeline = common::timeline(&name, 42);
        let world = timeline.world_after(timeline.events());
        let mut stories = 0;
        for record in timeline.records() {
            let text = words::happening(&record.what, &world);
            match &text {
                Some(text) => assert!(is_a_sentence(text), "{text}"),
                None => assert!(matches!(record.what, Happening::Delivered { .. })),
            }
            if words::is_worth_telling(&record.what) && !words::is_beginning(&record) {
                assert!(text.is_some());
                stories += 1;
            }
        }
        let all = timeline.records_count();
        assert!(stories >= 3 && stories < all / 4, "{name}: {stories} of {all}");
    }
}

#[test]
fn what_is_done_to_a_cluster_is_told_whether_it_works_or_not() {
    let timeline = common::timeline("leader-crash", 42);
    let world = timeline.world_after(timeline.events());
    let (node, to) = (NodeId::A, NodeId::B);
    let joint = Reconfiguration::Joint {
        voters: NodeSet::first(2).with(NodeId::D),
        learners: NodeSet::only(NodeId::E),
    };
    let changes = [
        Reconfiguration::AddLearner(to),
        Reconfiguration::AddVoter(to),
        Reconfiguration::Remove(to),
        joint,
    ];
    let mut all = vec![
        Happening::ClockStepped { node, by_micros: 5_000 },
        Happening::ClockStepped { node, by_micros: -5_000 },
        Happening::TransferOrdered { node, to },
        Happening::Paused { node, clock_stands: true },
        Happening::Paused { node, clock_stands: false },
        Happening::Resumed { node },
        Happening::LinkSlowed { from: node, to, by: Micros(50_000) },
        Happening::LinkMadeLossy { from: node, to, per_million: 5_000 },
        Happening::LinkMadeLossy { from: node, to, per_million: 250_000 },
        Happening::DiskStalled { node },
        Happening::DiskUnstalled { node },
        Happening::DiskLost { node, last_index: Index(7), term: Term(2) },
        Happening::DiskLost { node, last_index: Index(0), term: Term(2) },
        Happening::SnapshotBegun { node, index: Index(7), blocks: true },
        Happening::SnapshotBegun { node, index: Index(7), blocks: false },
    ];
    let name = MessageName { from: node, to, nth: 17 };
    let kinds =
        [MessageKind::AppendEntries, MessageKind::RequestVote, MessageKind::RequestVoteReply];
    for kind in kinds {
        let (message, ends_at) = (MessageId(3), Micros(5_000));
        all.extend([
            Happening::MessageDropped { name, kind, reached_permille: 300 },
            Happening::MessageDelayed { message, name, kind, ends_at },
            Happening::MessageHurried { name, kind },
        ]);
    }
    all.extend(changes.map(|change| Happening::ReconfigurationOrdered { node, change }));
    let actions = [
        Action::Transfer(to.into()),
        Action::Snapshot(Who::Leader),
        Action::Pause(Who::Leader),
        Action::Resume(node.into()),
        Action::StallDisk(Who::Leader),
        Action::SlowLink { from: node.into(), to: to.into(), by: Micros(1) },
        Action::MakeLossy { from: node.into(), to: to.into(), per_million: 1 },
        Action::UnstallDisk(Who::Leader),
        Action::LoseDisk(Who::Leader),
        Action::Reconfigure(joint),
        Action::StepClock { node: node.into(), by_micros: 1 },
        Action::DropMessage(name),
        Action::DelayMessage { message: name, by: Micros(1) },
        Action::DeliverMessage(name),
    ];
    let reasons = [
        ActionRefusal::IsNotOnItsWay,
        ActionRefusal::IsCutOff,
        ActionRefusal::ComesAfterOthers,
        ActionRefusal::HeartbeatNotBelowTimeout,
        ActionRefusal::FlawsContradict,
    ];
    let set = Action::Set(Setting::PreVote(true));
    all.extend(reasons.map(|because| Happening::ActionRefused { action: set.clone(), because }));
    all.extend(
        actions.map(|action| Happening::ActionRefused { action, because: ActionRefusal::NoLeader }),
    );
    let mut told: Vec<String> = Vec::new();
    for happening in all {
        let text = words::happening(&happening, &world).expect("words for it");
        assert!(is_a_sentence(&text), "{text}");
        assert!(words::is_worth_telling(&happening), "{text}");
        assert!(!told.contains(&text), "said twice: {text}");
        told.push(text);
    }
    let change = joint;
    let text = words::happening(&Happening::ReconfigurationOrdered { node, change }, &world);
    assert_eq!(
        text.unwrap(),
        "A is told to go to voters A, B and D; learners E by way of a joint configuration."
    );
    for (kind, called) in [
        (MessageKind::RequestVote, "A RequestVote"),
        (MessageKind::AppendEntries, "An AppendEntries"),
        (MessageKind::RequestVoteReply, "An answer to RequestVote"),
    ] {
        let text = words::happening(&Happening::MessageHurried { name, kind }, &world).unwrap();
        assert_eq!(text, format!("{called} from A to B arrives at once."));
    }
}

#[test]
fn each_setting_that_is_set_anew_is_told_with_its_value() {
    let timeline = common::timeline("leader-crash", 42);
    let world = timeline.world_after(timeline.events());
    let more = [
        "pre-vote:off",
        "check-quorum:off",
        "stickiness:off",
        "lease:off",
        "follower-reads:off",
        "no-op:off",
        "reads:lease",
        "reads:log",
        "election-timeout:150000",
        "snapshot-every:off",
        "snapshot-every:1",
        "max-entries:1",
        "latency:5000",
        "latency:400-1200",
        "latency:log-normal-5000-40000",
        "latency:quantiles-1-2-3-5-9-100",
        "fsync:B:20000",
        "flaw:vote-without-comparing-logs:off",
    ];
    let mut told: Vec<String> = Vec::new();
    for text in SETTINGS.iter().map(|row| row.example).chain(more) {
        let setting = text.parse().unwrap();
        let said = words::happening(&Happening::SettingChanged { setting }, &world).unwrap();
        assert!(is_a_sentence(&said) && said.starts_with("From now on "), "{text}: {said}");
        assert!(!said.contains("as it was"), "{text} has no words of its own");
        assert!(!told.contains(&said), "said twice: {said}");
        told.push(said);
    }
    let said = |text: &str| {
        let setting = text.parse().unwrap();
        words::happening(&Happening::SettingChanged { setting }, &world).unwrap()
    };
    assert_eq!(
        said("timing:etcd-3.6"),
        "From now on the timing is that of etcd-3.6: election timeouts of 1000 ms to 1900 ms, \
         heartbeats every 100 ms."
    );
    assert_eq!(
        said("latency:normal-5000-1000"),
        "From now on messages between nodes take 5 ms, give or take 1 ms."
    );
    assert_eq!(said("loss:250000"), "From now on 25 of a hundred messages between nodes get lost.");
}

#[test]
fn everything_on_the_stage_can_be_explained() {
    let timeline = common::timeline("two-data-centres-minority", 42);
    for event in (1..timeline.events()).step_by(20) {
        let world = timeline.world_after(event);
        let at = world.now();
        let stage = stage(&world, at, &StageView::of_size(790.0, 470.0));
        let motion = motion(&world, at, &stage, &[]);
        let hits = everything(&stage, &motion);
        assert!(hits.len() > stage.nodes.len() + stage.links.len());
        for hit in hits {
            let text = words::hit(hit, &world, at).expect("words for it");
            assert!(text.ends_with('.'), "{text}");
            let name = words::name(hit, &world);
            assert!(name.starts_with(char::is_uppercase), "{name}");
            let bounds = bounds_of(hit, &stage, &motion).expect("it is on the stage");
            let Point { x, y } = bounds.center();
            assert!(x >= 0.0 && x <= stage.width && y >= 0.0 && y <= stage.height, "{name}");
            if matches!(hit, Hit::Cell { .. }) {
                assert_eq!(hit_test(&stage, &motion, x, y, 0.0), Some(hit), "{name}");
            }
        }
    }
}

#[test]
fn a_link_that_loses_few_messages_says_how_few() {
    for (per_million, says) in [(5_000, "0.5 of 100"), (250_000, "25 of 100")] {
        let (from, to) = (NodeId::A, NodeId::B);
        let lossy = Action::MakeLossy { from: from.into(), to: to.into(), per_million };
        let timeline = common::short_run(3, 42, 0, vec![lossy]);
        let world = timeline.world_after(timeline.events());
        let text = words::hit(Hit::Link { one: from, other: to }, &world, world.now()).unwrap();
        assert!(text.contains(&format!("From A to B, {says} messages get lost.")), "{text}");
    }
}

#[test]
fn a_refusal_says_who_refuses_whom_and_why() {
    let timeline = common::timeline("two-candidates-split", 42);
    let mut told = Vec::new();
    for event in 1..timeline.events() {
        let world = timeline.world_after(event);
        for (id, flight) in world.network().flights() {
            if flight.sent_at == world.now() && words::message(&flight.envelope).is_refusal {
                told.extend(words::hit(Hit::Message(id), &world, world.now()));
            }
        }
    }
    let of_vote = told.iter().find(|text| text.contains("RequestVote"));
    let text = of_vote.expect("somebody refuses somebody his vote");
    let (who, why) = text.split_once(" refuses ").expect("it says so");
    assert_eq!(who.len(), 1, "{text}");
    assert!(why.contains("'s RequestVote: "), "{text}");
    assert!(!text.contains("refused") && !text.contains("reply"), "{text}");
}

#[test]
fn an_entry_says_who_has_it_and_whether_it_is_committed() {
    let timeline = common::timeline("two-data-centres-minority", 42);
    let world = timeline.world_after(timeline.events());
    let leader = world.leader().expect("somebody leads in the end");
    let view = world.host(leader).and_then(|host| host.node()).expect("it runs").view();
    let index = view.commit_index();
    let term = view.log().term_at(index).expect("it has it");
    let text = words::hit(Hit::Cell { node: leader, index }, &world, world.now());
    let text = text.expect("words for it");
    assert!(text.starts_with(&format!("Entry {index} of term {term}, ")), "{text}");
    assert!(text.ends_with(", committed."), "{text}");
    for host in world.hosts() {
        let view = host.node().expect("all run in the end").view();
        let has_it = view.log().term_at(index) == Some(term);
        let on = text.split_once(": on ").expect("it says on whom").1;
        assert_eq!(on.contains(&host.id().to_string()), has_it, "{}: {text}", host.id());
    }
}

#[test]
fn properties_say_what_they_promise() {
    for property in Property::ALL {
        let (name, meaning) = words::property(property);
        assert_eq!(name, property.to_string());
        assert!(is_a_sentence(meaning), "{meaning}");
    }
}
