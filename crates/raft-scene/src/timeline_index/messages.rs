//! Every message of a run, in some ten bytes each: a run of an hour has a million.

use crate::message_mark::{LostMessage, MarkKind};
use raft_core::{Envelope, Micros, NodeId};
use raft_sim::{Ascending, LossCause, MessageId};

/// A message from its beginning to its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MessageSpan {
    /// Its name.
    pub id: MessageId,
    /// Who sent it.
    pub from: NodeId,
    /// Whom it is for.
    pub to: NodeId,
    /// How it is drawn while it is on its way.
    pub kind: MarkKind,
    /// When it left.
    pub sent_at: Micros,
    /// When it arrived or died; when it would have, if the run ended first.
    pub ended_at: Micros,
    /// Whether it arrived or died before the run ended.
    pub has_ended: bool,
    /// Why it died, and where along its way, in thousandths.
    pub lost: Option<(LossCause, u16)>,
}

/// What is kept of a message, beside when it left.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Flown {
    /// How long it was on its way. No run and no latency lasts longer than this can tell.
    micros: u32,
    from: NodeId,
    to: NodeId,
    kind: MarkKind,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum End {
    OnItsWay,
    Arrived,
    Lost,
}

/// What is kept of a message that died, beside when.
#[derive(Clone, Copy, PartialEq, Debug)]
struct Died {
    message: u32,
    permille: u16,
    because: LossCause,
}

/// The messages of a run, in the order in which they were sent, which is that of their
/// names.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Messages {
    sent_at: Ascending,
    flown: Vec<Flown>,
    lost_at: Ascending,
    lost: Vec<Died>,
    /// Where along its way the message was that somebody took last.
    pub(super) taken_permille: u16,
    /// None was longer on its way.
    pub(super) longest: Micros,
}

fn place_of(id: MessageId) -> usize {
    usize::try_from(id.0).unwrap_or(usize::MAX)
}

impl Messages {
    pub(super) fn sent(&mut self, id: MessageId, envelope: &Envelope, at: Micros, ends: Micros) {
        debug_assert!(place_of(id) == self.flown.len(), "messages are named as they are sent");
        self.sent_as((envelope.from, envelope.to, MarkKind::of(envelope)), at, ends);
    }

    /// A message of this kind leaves; gives its name.
    pub(super) fn sent_as(
        &mut self,
        (from, to, kind): (NodeId, NodeId, MarkKind),
        at: Micros,
        ends: Micros,
    ) -> MessageId {
        let id = MessageId(self.flown.len() as u64);
        self.longest = self.longest.max(ends - at);
        self.sent_at.push(at.0);
        self.flown.push(Flown { micros: micros(ends - at), from, to, kind, end: End::OnItsWay });
        id
    }

    /// It will end at another time than was said when it left.
    pub(super) fn delayed(&mut self, id: MessageId, ends: Micros) {
        self.end(id, ends, End::OnItsWay);
    }

    pub(super) fn arrived(&mut self, id: MessageId, at: Micros) {
        self.end(id, at, End::Arrived);
    }

    pub(super) fn lost(&mut self, id: MessageId, because: LossCause, at: Micros) {
        let Some(span) = self.get(id) else { return };
        let permille = match because {
            LossCause::Taken => self.taken_permille,
            _ => reached(because, span.sent_at, span.ended_at, at),
        };
        self.end(id, at, End::Lost);
        self.lost_at.push(at.0);
        self.lost.push(Died { message: id.0 as u32, permille, because });
    }

    fn end(&mut self, id: MessageId, at: Micros, end: End) {
        let Some(sent_at) = self.sent_at.get(place_of(id)) else { return };
        let Some(flown) = self.flown.get_mut(place_of(id)) else { return };
        // One that waited for a paused receiver took longer than its way.
        let took = at - Micros(sent_at);
        self.longest = self.longest.max(took);
        (flown.micros, flown.end) = (micros(took), end);
    }

    pub(super) fn get(&self, id: MessageId) -> Option<MessageSpan> {
        let sent_at = Micros(self.sent_at.get(place_of(id))?);
        Some(self.span(id, sent_at, self.flown.get(place_of(id))?))
    }

    fn span(&self, id: MessageId, sent_at: Micros, flown: &Flown) -> MessageSpan {
        let Flown { from, to, kind, end, .. } = *flown;
        let ended_at = sent_at + Micros(flown.micros.into());
        let has_ended = end != End::OnItsWay;
        let lost = (end == End::Lost).then(|| self.death_of(id, ended_at)).flatten();
        MessageSpan { id, from, to, kind, sent_at, ended_at, has_ended, lost }
    }

    fn death_of(&self, id: MessageId, at: Micros) -> Option<(LossCause, u16)> {
        let those = self.lost.get(self.lost_at.count_below(at.0)..self.lost_at.count_to(at.0))?;
        let died = those.iter().find(|died| u64::from(died.message) == id.0)?;
        Some((died.because, died.permille))
    }

    /// Those that left after `from` and at or before `to`, in that order.
    pub(super) fn sent_between(
        &self,
        from: Micros,
        to: Micros,
    ) -> impl Iterator<Item = MessageSpan> {
        let first = self.sent_at.count_to(from.0);
        let end = self.sent_at.count_to(to.0).max(first);
        let flown = self.flown.get(first..end).unwrap_or_default();
        self.sent_at
            .from(first)
            .zip(flown)
            .zip(first as u64..)
            .map(|((sent_at, flown), id)| self.span(MessageId(id), Micros(sent_at), flown))
    }

    /// Those that died after `from` and at or before `to`.
    pub(super) fn lost_between(&self, from: Micros, to: Micros) -> Vec<LostMessage> {
        let first = self.lost_at.count_to(from.0);
        let end = self.lost_at.count_to(to.0).max(first);
        let lost = self.lost.get(first..end).unwrap_or_default();
        let told = lost.iter().filter_map(|died| {
            let message = MessageId(died.message.into());
            let span = self.get(message)?;
            Some(LostMessage {
                message,
                from: span.from,
                to: span.to,
                kind: span.kind,
                sent_at: span.sent_at,
                lost_at: span.ended_at,
                reached_permille: died.permille,
                because: died.because,
            })
        });
        told.collect()
    }

    pub(super) fn shrink(&mut self) {
        self.sent_at.shrink();
        self.lost_at.shrink();
        self.flown.shrink_to_fit();
        self.lost.shrink_to_fit();
    }
}

fn micros(span: Micros) -> u32 {
    u32::try_from(span.0).unwrap_or(u32::MAX)
}

/// Where along its way a message died. One that a wall met on its way had been meant to
/// arrive; for the others the network decides how far they get when they leave.
fn reached(because: LossCause, sent_at: Micros, ends_at: Micros, lost_at: Micros) -> u16 {
    let span = (ends_at - sent_at).0.max(1);
    match because {
        LossCause::Cut if lost_at < ends_at => ((lost_at - sent_at).0 * 1_000 / span) as u16,
        LossCause::Cut => 500,
        LossCause::Dropped => 700,
        LossCause::ReceiverDown | LossCause::Taken => 1_000,
    }
}
