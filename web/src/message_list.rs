//! The messages up to the playhead as a list, of which only what is in view is put into
//! words: a run of an hour has a million of them.

use crate::engine::Engine;
use raft_core::{Micros, NodeId};
use raft_scene::words::{self, Said};
use raft_scene::{Hit, MarkKind, MessageSpan};
use raft_sim::{Happening, LossCause, MessageId};
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many messages that are out of view stay in words.
const MOST_TOLD: usize = 400;

/// Which messages are listed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Filter {
    /// Those of one kind; [`MarkKind::Lost`] for those that died.
    pub(crate) kind: Option<MarkKind>,
    /// Those that a node sent, or that are for it.
    pub(crate) node: Option<NodeId>,
}

impl Filter {
    fn admits(self, message: &MessageSpan) -> bool {
        let is_of_kind = match self.kind {
            None => true,
            Some(MarkKind::Lost) => message.lost.is_some(),
            Some(kind) => message.kind == kind,
        };
        is_of_kind && self.node.is_none_or(|node| node == message.from || node == message.to)
    }
}

/// What became of a message, up to the playhead.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// The playhead is before it was sent.
    NotYetSent,
    OnItsWay,
    /// It is there, and its receiver stands still.
    Waits,
    Arrived,
    Lost(LossCause),
}

impl Fate {
    /// What became of a message.
    pub(crate) fn of(engine: &Engine, message: &MessageSpan) -> Fate {
        let network = engine.world().network();
        if message.id.0 >= network.sent() {
            return Fate::NotYetSent;
        }
        match (network.flight(message.id), message.lost) {
            (Some(flight), _) if flight.is_waiting => Fate::Waits,
            (Some(_), _) => Fate::OnItsWay,
            (None, Some((because, _))) => Fate::Lost(because),
            (None, None) => Fate::Arrived,
        }
    }

    /// In words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Fate::NotYetSent => "not sent yet",
            Fate::OnItsWay => "on its way",
            Fate::Waits => "waits: receiver paused",
            Fate::Arrived => "arrived",
            Fate::Lost(LossCause::Cut) => "lost: cut off",
            Fate::Lost(LossCause::Dropped) => "lost: dropped",
            Fate::Lost(LossCause::ReceiverDown) => "lost: receiver down",
            Fate::Lost(LossCause::Taken) => "lost: taken off its way",
        }
    }

    /// Whether it died.
    pub(crate) const fn is_lost(self) -> bool {
        matches!(self, Fate::Lost(_))
    }
}

/// A message in words.
#[derive(Debug)]
pub(crate) struct Told {
    /// In which event it was sent.
    pub(crate) event: u64,
    /// What it says.
    pub(crate) said: Said,
}

/// The list, the newest first.
#[derive(Debug, Default)]
pub(crate) struct MessageList {
    /// The run, and what was filtered by.
    of: Option<(u32, Filter)>,
    /// The messages of the whole run that the filter admits; empty where it admits all.
    admitted: Vec<u32>,
    /// Those of them that have died, where it is they that are asked for.
    dead: Vec<u32>,
    count: usize,
    told: BTreeMap<MessageId, Option<Rc<Told>>>,
}

impl MessageList {
    /// Goes to where the playhead is. Only another run or filter makes it look at all
    /// messages.
    pub(crate) fn turn_to(&mut self, engine: &Engine, filter: Filter) {
        let of = (engine.moment().run, filter);
        if self.of != Some(of) {
            if self.of.is_none_or(|(run, _)| run != of.0) {
                self.told.clear();
            }
            self.of = Some(of);
            self.admitted.clear();
            if filter != Filter::default() {
                let admitted = messages(engine).filter(|message| filter.admits(message));
                // A run has no more messages than 32 bits count.
                self.admitted.extend(admitted.map(|message| message.id.0 as u32));
            }
        }
        let network = engine.world().network();
        let sent = network.sent();
        if filter == Filter::default() {
            self.count = usize::try_from(sent).unwrap_or(usize::MAX);
            return;
        }
        self.count = self.admitted.partition_point(|id| u64::from(*id) < sent);
        self.dead.clear();
        if filter.kind == Some(MarkKind::Lost) {
            let is_dead = |id: &&u32| network.flight(MessageId(u64::from(**id))).is_none();
            self.dead.extend(self.admitted[..self.count].iter().filter(is_dead));
            self.count = self.dead.len();
        }
    }

    /// How many there are.
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// The ids that are listed, the oldest first; `None` where they are all.
    fn ids(&self) -> Option<&[u32]> {
        match self.of {
            Some((_, Filter { kind: Some(MarkKind::Lost), .. })) => Some(&self.dead),
            Some((_, filter)) if filter != Filter::default() => Some(&self.admitted[..self.count]),
            _ => None,
        }
    }

    /// The message at a place; 0 is the newest.
    pub(crate) fn at(&self, place: usize) -> Option<MessageId> {
        let from_oldest = self.count.checked_sub(place + 1)?;
        Some(MessageId(match self.ids() {
            Some(ids) => u64::from(*ids.get(from_oldest)?),
            None => from_oldest as u64,
        }))
    }

    /// Where a message is, if it is listed.
    pub(crate) fn place_of(&self, message: MessageId) -> Option<usize> {
        let from_oldest = match self.ids() {
            Some(ids) => ids.binary_search(&u32::try_from(message.0).ok()?).ok()?,
            None => usize::try_from(message.0).ok().filter(|place| *place < self.count)?,
        };
        Some(self.count - 1 - from_oldest)
    }

    /// A message in words.
    pub(crate) fn told(&mut self, engine: &Engine, message: &MessageSpan) -> Option<Rc<Told>> {
        if self.told.len() > MOST_TOLD {
            self.told.clear();
        }
        let told = self.told.entry(message.id);
        told.or_insert_with(|| told_anew(engine, message).map(Rc::new)).clone()
    }
}

/// The message that is chosen, if it is a message.
pub(crate) fn message_of(selected: Option<Hit>) -> Option<MessageId> {
    match selected {
        Some(Hit::Message(id)) => Some(id),
        _ => None,
    }
}

/// Every message of the run.
fn messages(engine: &Engine) -> impl Iterator<Item = MessageSpan> {
    (0..).map_while(|id| engine.index().message(MessageId(id)))
}

fn told_anew(engine: &Engine, message: &MessageSpan) -> Option<Told> {
    find_at(engine, message.sent_at, |event, what| match what {
        Happening::Sent { message: sent, envelope, .. } if *sent == message.id => {
            Some(Told { event, said: words::message(envelope) })
        }
        _ => None,
    })
}

/// The event in which a message arrived or died; `None` where the run ends before.
pub(crate) fn end_of(engine: &Engine, message: &MessageSpan) -> Option<u64> {
    find_at(engine, message.ended_at, |event, what| match what {
        Happening::Delivered { message: ended } | Happening::Lost { message: ended, .. } => {
            (*ended == message.id).then_some(event)
        }
        _ => None,
    })
}

/// Looks at what happened at one time.
fn find_at<T>(
    engine: &Engine,
    at: Micros,
    mut found: impl FnMut(u64, &Happening) -> Option<T>,
) -> Option<T> {
    let timeline = engine.timeline();
    let first = match at.0.checked_sub(1) {
        Some(before) => timeline.events_by(Micros(before)) + 1,
        None => 1,
    };
    let mut records = timeline.records_of_events(first, timeline.events_by(at));
    records.find_map(|record| found(record.event, &record.what))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Address;

    fn engine(scenario: &str) -> Engine {
        let address = Address::read(&format!("#scenario={scenario}")).expect("a right address");
        Engine::new(address).expect("a built-in scenario")
    }

    fn listed(list: &MessageList) -> Vec<u64> {
        (0..list.count()).map(|place| list.at(place).expect("it is listed").0).collect()
    }

    #[test]
    fn the_newest_is_first_and_every_fate_is_known() {
        let mut engine = engine("leader-crash");
        let mut list = MessageList::default();
        let mut fates = Vec::new();
        for event in (0..engine.timeline().events()).step_by(97) {
            engine.seek_event(event);
            list.turn_to(&engine, Filter::default());
            let ids = listed(&list);
            assert!(ids.windows(2).all(|pair| pair[0] > pair[1]));
            let spans: Vec<MessageSpan> =
                ids.iter().filter_map(|id| engine.index().message(MessageId(*id))).collect();
            assert_eq!(spans.len(), ids.len());
            let now: Vec<Fate> = spans.iter().map(|span| Fate::of(&engine, span)).collect();
            let under_way = now.iter().filter(|fate| **fate == Fate::OnItsWay).count();
            assert_eq!(under_way, engine.world().network().flights().count());
            fates.extend(now);
        }
        assert!(fates.contains(&Fate::Lost(LossCause::ReceiverDown)));
        assert!(fates.contains(&Fate::Arrived) && !fates.contains(&Fate::NotYetSent));
    }

    #[test]
    fn what_is_listed_is_what_the_filter_admits_of_what_was_sent_in_the_record() {
        let mut engine = engine("two-data-centres");
        let mut list = MessageList::default();
        let filters = [
            Filter { kind: Some(MarkKind::VoteRequest), node: None },
            Filter { kind: Some(MarkKind::Heartbeat), node: Some(NodeId::A) },
            Filter { kind: Some(MarkKind::Lost), node: None },
            Filter { kind: None, node: NodeId::new(3) },
        ];
        for at in [0, 420_000, 1_100_000, 700_000, 2_000_000] {
            engine.seek(Micros(at));
            for filter in filters {
                list.turn_to(&engine, filter);
                let mut expected = Vec::new();
                for record in engine.timeline().records_by(engine.events()) {
                    let (id, is_listed) = match &record.what {
                        Happening::Sent { message, envelope, .. } => {
                            let kind = filter.kind.is_none_or(|it| it == MarkKind::of(envelope));
                            (message, kind)
                        }
                        Happening::Lost { message, .. } => {
                            (message, filter.kind == Some(MarkKind::Lost))
                        }
                        _ => continue,
                    };
                    let span = engine.index().message(*id).expect("it was sent");
                    let is_its = filter.node.is_none_or(|it| it == span.from || it == span.to);
                    if is_listed && is_its && !expected.contains(&id.0) {
                        expected.push(id.0);
                    }
                }
                expected.sort_unstable_by(|one, other| other.cmp(one));
                assert_eq!(listed(&list), expected, "{filter:?} at {at}");
                for (place, id) in expected.iter().enumerate() {
                    assert_eq!(list.place_of(MessageId(*id)), Some(place));
                }
            }
        }
    }

    #[test]
    fn a_message_is_told_as_its_record_says_and_its_ends_are_events_of_the_run() {
        let mut engine = engine("leader-crash");
        engine.seek(Micros::MAX);
        let mut list = MessageList::default();
        list.turn_to(&engine, Filter::default());
        for place in (0..list.count()).step_by(31) {
            let id = list.at(place).expect("it is listed");
            let span = engine.index().message(id).expect("it was sent");
            let told = list.told(&engine, &span).expect("it was sent in an event");
            let sent =
                engine.timeline().records_of(told.event).find_map(|record| match &record.what {
                    Happening::Sent { message, envelope, .. } if *message == id => {
                        Some(words::message(envelope))
                    }
                    _ => None,
                });
            assert_eq!(sent.as_ref(), Some(&told.said));
            let end = end_of(&engine, &span);
            assert_eq!(end.is_some(), span.has_ended);
            if let Some(end) = end {
                engine.seek_event(end - 1);
                assert_eq!(Fate::of(&engine, &span), Fate::OnItsWay);
                engine.seek_event(end);
                assert_ne!(Fate::of(&engine, &span), Fate::OnItsWay);
                engine.seek_event(told.event - 1);
                assert_eq!(Fate::of(&engine, &span), Fate::NotYetSent);
            }
        }
    }
}
