use super::*;
use proptest::prelude::*;
use raft_core::{Change, Durable, Input, Membership, Micros, Node, NodeSet, Output, Settings};

fn entry(term: u64, bytes: &[u8]) -> Entry {
    let payload =
        if bytes.is_empty() { Payload::NoOp } else { Payload::Command(Command(bytes.into())) };
    Entry { term: Term(term), payload }
}

fn log(terms: &[u64]) -> Log {
    let mut log = Log::new();
    for term in terms {
        log.append(entry(*term, b"x"));
    }
    log
}

fn envelope(term: u64, body: Message) -> Envelope {
    Envelope { from: NodeId::A, to: NodeId::C, term: Term(term), body }
}

fn theirs(kind: MessageType, term: u64) -> eraftpb::Message {
    let mut message = eraftpb::Message { from: 1, to: 2, term, ..Default::default() };
    message.set_msg_type(kind);
    message
}

fn log_ends() -> impl Strategy<Value = LogEnd> {
    (0..9u64, 0..9u64).prop_map(|(index, term)| LogEnd { index: Index(index), term: Term(term) })
}

/// Messages that mean the same after they went there and back. Those that do not are
/// tested one by one below.
fn faithful() -> impl Strategy<Value = Envelope> {
    let entries = prop::collection::vec((1..9u64, prop::collection::vec(any::<u8>(), 0..4)), 0..4);
    let append = (log_ends(), entries, 0..9u64).prop_map(|(previous, entries, commit)| {
        Message::AppendEntries(AppendEntries {
            previous,
            entries: entries.iter().map(|(term, bytes)| entry(*term, bytes)).collect(),
            commit_index: Index(commit),
            round: NO_ROUND,
            confirms_read: false,
        })
    });
    let reply = |answer| Message::AppendEntriesReply(AppendReply { round: NO_ROUND, answer });
    let accepted = (0..9u64)
        .prop_map(move |index| reply(AppendAnswer::Accepted { match_index: Index(index) }));
    let conflict = (1..9u64, log_ends()).prop_map(move |(refused, hint)| {
        reply(AppendAnswer::Conflict { refused: Index(refused), hint })
    });
    let vote = (log_ends(), any::<bool>()).prop_map(|(log_end, by_transfer)| {
        Message::RequestVote(RequestVote { log_end, by_transfer })
    });
    let body = prop_oneof![
        append,
        accepted,
        conflict,
        vote,
        Just(Message::RequestVoteReply(VoteAnswer::Granted)),
        Just(Message::TimeoutNow),
    ];
    (1..9u64, body).prop_map(|(term, body)| envelope(term, body))
}

proptest! {
    #[test]
    fn what_can_be_said_in_both_means_the_same_there_and_back(ours in faithful()) {
        let there = to_theirs(&ours).unwrap();
        prop_assert_eq!(there.len(), 1);
        prop_assert_eq!(to_ours(&there[0], &Log::new()), Ok(ours));
    }

    /// Whatever arrives, ours gets a message or an error.
    #[test]
    fn no_message_of_theirs_makes_it_panic(
        kind in 0..19i32, from in any::<u64>(), term in any::<u64>(), index in any::<u64>(),
        log_term in any::<u64>(), commit in any::<u64>(), reject in any::<bool>(),
        context in prop::collection::vec(any::<u8>(), 0..10), entry_index in any::<u64>(),
    ) {
        use raft::eraftpb::MessageType;
        let kind = protobuf_kind(kind).unwrap_or(MessageType::MsgAppend);
        let mut message = theirs(kind, term);
        message.from = from;
        message.index = index;
        message.log_term = log_term;
        message.commit = commit;
        message.reject = reject;
        message.context = context.into();
        message.set_entries(vec![eraftpb::Entry { index: entry_index, ..Default::default() }].into());
        let _ = to_ours(&message, &log(&[1, 2]));
    }
}

fn protobuf_kind(number: i32) -> Option<MessageType> {
    [
        MessageType::MsgHup,
        MessageType::MsgBeat,
        MessageType::MsgPropose,
        MessageType::MsgAppend,
        MessageType::MsgAppendResponse,
        MessageType::MsgRequestVote,
        MessageType::MsgRequestVoteResponse,
        MessageType::MsgSnapshot,
        MessageType::MsgHeartbeat,
        MessageType::MsgHeartbeatResponse,
        MessageType::MsgUnreachable,
        MessageType::MsgSnapStatus,
        MessageType::MsgCheckQuorum,
        MessageType::MsgTransferLeader,
        MessageType::MsgTimeoutNow,
        MessageType::MsgReadIndex,
        MessageType::MsgReadIndexResp,
        MessageType::MsgRequestPreVote,
        MessageType::MsgRequestPreVoteResponse,
    ]
    .get(usize::try_from(number).ok()?)
    .copied()
}

#[test]
fn a_round_of_ours_goes_in_a_heartbeat_that_commits_nothing_and_comes_back() {
    let append = AppendEntries {
        previous: LogEnd { index: Index(3), term: Term(2) },
        entries: vec![],
        commit_index: Index(3),
        round: Round(77),
        confirms_read: false,
    };
    let there = to_theirs(&envelope(2, Message::AppendEntries(append))).unwrap();
    let kinds: Vec<MessageType> = there.iter().map(|message| message.get_msg_type()).collect();
    assert_eq!(kinds, [MessageType::MsgHeartbeat, MessageType::MsgAppend]);
    assert_eq!(there[0].commit, 0, "they would take it without looking at their log");
    assert_eq!(there[1].commit, 3);
    let mut answer = theirs(MessageType::MsgHeartbeatResponse, 2);
    answer.context = there[0].context.clone();
    let Ok(Envelope { body: Message::AppendEntriesReply(reply), .. }) =
        to_ours(&answer, &Log::new())
    else {
        panic!("it is an answer");
    };
    assert_eq!(reply.round, Round(77));
    assert_eq!(reply.answer, AppendAnswer::Accepted { match_index: Index::ZERO });
}

/// "It says what the log holds, and nothing of when": else an old answer would confirm
/// a round that was sent since.
#[test]
fn an_answer_to_their_append_confirms_no_round() {
    for reject in [false, true] {
        let mut answer = theirs(MessageType::MsgAppendResponse, 2);
        answer.index = 5;
        answer.reject = reject;
        let Ok(Envelope { body: Message::AppendEntriesReply(reply), .. }) =
            to_ours(&answer, &Log::new())
        else {
            panic!("it is an answer");
        };
        assert_eq!(reply.round, NO_ROUND);
    }
}

/// Their heartbeat's commit index reaches a server of ours that has the entry, and no
/// further than its log.
#[test]
fn the_commit_index_of_their_heartbeat_is_taken_where_the_entry_is_there() {
    for (commit, expected) in [(0, 0), (2, 2), (3, 3), (4, 0)] {
        let mut disk = Durable::new(Membership::of(NodeSet::first(3)));
        disk.write(Change::Log { first: Index(1), entries: vec![entry(1, b"x"); 3] });
        let settings = Settings::default().check().unwrap();
        let mut node = Node::restore(NodeId::B, settings, 1, disk, Micros::ZERO);
        let mut heartbeat = theirs(MessageType::MsgHeartbeat, 1);
        heartbeat.commit = commit;
        let ours = to_ours(&heartbeat, node.view().log()).unwrap();
        node.handle(Micros::ZERO, Input::Receive(ours));
        assert_eq!(node.view().commit_index(), Index(expected), "commit {commit}");
        let mut writes = Vec::new();
        let mut sent = Vec::new();
        while let Some(output) = node.poll() {
            match output {
                Output::Write(write) => writes.push(write.id),
                Output::Send(envelope) => sent.push(envelope),
                _ => {}
            }
        }
        for write in writes {
            node.handle(Micros::ZERO, Input::Durable(write));
        }
        while let Some(output) = node.poll() {
            if let Output::Send(envelope) = output {
                sent.push(envelope);
            }
        }
        let answers: Vec<_> = sent.iter().flat_map(|sent| to_theirs(sent).unwrap()).collect();
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0].get_msg_type(), MessageType::MsgHeartbeatResponse);
    }
}

#[test]
fn no_refusal_turns_into_a_vote() {
    let (candidate, voter) = (LogEnd::default(), LogEnd { index: Index(1), term: Term(1) });
    for because in [
        VoteRefusal::StaleTerm,
        VoteRefusal::AlreadyVotedFor(NodeId::B),
        VoteRefusal::LogBehind { candidate, voter },
        VoteRefusal::IsLeader,
        VoteRefusal::HearsLeader,
    ] {
        let answer = VoteAnswer::Refused(because);
        for body in [
            Message::RequestVoteReply(answer),
            Message::RequestPreVoteReply(PreVoteReply { for_term: Term(8), answer }),
        ] {
            let there = to_theirs(&envelope(7, body)).unwrap();
            assert!(there[0].reject);
            assert_eq!(there[0].term, 7, "a refusal carries the voter's term");
            let back = to_ours(&there[0], &Log::new()).unwrap();
            assert_eq!(back.term, Term(7));
            let (Message::RequestVoteReply(answer)
            | Message::RequestPreVoteReply(PreVoteReply { answer, .. })) = back.body
            else {
                panic!("it is an answer");
            };
            assert_ne!(answer, VoteAnswer::Granted);
        }
    }
}

/// Asking changes no term (dissertation, section 9.6), on either side of a translation.
#[test]
fn a_pre_vote_and_a_yes_to_it_raise_no_term() {
    let request = RequestPreVote { for_term: Term(5), log_end: LogEnd::default() };
    let ours = envelope(4, Message::RequestPreVote(request));
    let there = to_theirs(&ours).unwrap();
    assert_eq!(there[0].term, 5, "theirs names the term asked about");
    assert_eq!(to_ours(&there[0], &Log::new()), Ok(ours));

    let answer = VoteAnswer::Granted;
    let reply = Message::RequestPreVoteReply(PreVoteReply { for_term: Term(5), answer });
    // A voter of an earlier term than the asker's.
    let there = to_theirs(&envelope(2, reply.clone())).unwrap();
    assert_eq!(there[0].term, 5);
    let back = to_ours(&there[0], &Log::new()).unwrap();
    assert_eq!(back.term, Term(4), "which is the asker's own");
    assert_eq!(back.body, reply);
}

#[test]
fn what_has_no_place_in_a_mixed_cluster_is_an_error_that_says_so() {
    for kind in [
        MessageType::MsgSnapshot,
        MessageType::MsgReadIndex,
        MessageType::MsgReadIndexResp,
        MessageType::MsgPropose,
        MessageType::MsgTransferLeader,
    ] {
        let error = to_ours(&theirs(kind, 1), &Log::new()).unwrap_err();
        assert_eq!(error, Untranslatable::TheirKind(kind));
        assert!(error.to_string().contains(&format!("{kind:?}")));
    }
    let configuration = Payload::Configuration(Membership::of(NodeSet::first(3)));
    for (payload, error) in [
        (configuration, Untranslatable::Configuration),
        (Payload::Command(Command([].into())), Untranslatable::EmptyCommand),
    ] {
        let entry = Entry { term: Term(1), payload };
        assert_eq!(their_entry(Index(1), &entry), Err(error));
    }
    assert_eq!(our_id(0), Err(Untranslatable::UnknownServer(0)));
    assert_eq!(our_id(65), Err(Untranslatable::UnknownServer(65)));
    assert_eq!(our_id(64).map(their_id), Ok(64));
}
