//! A client: what it asks, or was told last.

use crate::geometry::{Point, Rectangle};
use crate::layout::{Layout, MARGIN};
use crate::text_mark::{Anchor, TextMark, Tone, text_width};
use crate::words;
use raft_sim::{OperationId, World};

/// A client's box.
#[derive(Clone, PartialEq, Debug)]
pub struct ClientMark {
    /// Its number, 1 and up; 0 is whoever sits in front of the page.
    pub number: u32,
    /// The box.
    pub bounds: Rectangle,
    /// `client 1`, or `you`.
    pub title: TextMark,
    /// `read x → 1   STALE`
    pub line: TextMark,
    /// How it went: quiet while it rests, notable while it waits, good, bad.
    pub tone: Tone,
    /// The operation that the line tells of.
    pub operation: Option<OperationId>,
    /// Whether what it was told is part of a violation.
    pub is_stale: bool,
    /// One sentence for who can't see it.
    pub description: String,
}

const BETWEEN: f32 = 8.0;

/// The clients' boxes, in the strip at the bottom: those that went wrong first where
/// there is no room for all.
pub(crate) fn clients(world: &World, layout: &Layout, stale: &[OperationId]) -> Vec<ClientMark> {
    let metrics = &layout.metrics;
    let strip = layout.clients;
    if strip.height <= 0.0 {
        return Vec::new();
    }
    let mut states: Vec<State> = world
        .clients()
        .iter()
        .map(|client| State::new(world, client.number(), stale))
        .chain(Some(State::new(world, 0, stale)).filter(|person| person.operation.is_some()))
        .collect();

    let room = strip.width - 2.0 * MARGIN;
    let least = metrics.label_size * 10.5;
    let fitting = ((room + BETWEEN) / (least + BETWEEN)).floor().max(1.0) as usize;
    if states.len() > fitting {
        let rank = |state: &State| u64::from(state.number.wrapping_sub(1));
        let after_the_stale = |state: &State| u64::from(!state.is_stale) << 32;
        states.sort_by_cached_key(|state| after_the_stale(state) | rank(state));
        states.truncate(fitting);
        states.sort_by_cached_key(rank);
    }
    if states.is_empty() {
        return Vec::new();
    }
    let count = states.len() as f32;
    let width = ((room - BETWEEN * (count - 1.0)) / count).min(metrics.label_size * 17.0);
    let height = strip.height - MARGIN;
    states
        .into_iter()
        .enumerate()
        .map(|(place, state)| {
            let left = MARGIN + place as f32 * (width + BETWEEN);
            state.mark(Rectangle::new(left, strip.y, width, height), metrics.label_size)
        })
        .collect()
}

/// What there is to say about a client.
struct State {
    number: u32,
    operation: Option<OperationId>,
    ways: Vec<String>,
    tone: Tone,
    is_stale: bool,
    description: String,
}

impl State {
    fn new(world: &World, number: u32, stale: &[OperationId]) -> State {
        let name = words::client(number);
        let last = world.history().operations().rev().find(|(_, it)| it.client == number);
        let Some((id, operation)) = last else {
            return State {
                number,
                operation: None,
                ways: vec!["has not asked yet".to_string()],
                tone: Tone::Quiet,
                is_stale: false,
                description: format!("{name} has not asked yet."),
            };
        };
        let is_stale =
            operation.ended.is_some() && (stale.contains(&id) || words::is_stale(world, id));
        let (mut ways, mut tone) = words::operation_in_short(operation);
        let mut description = words::operation(operation);
        if is_stale {
            ways = ways.iter().map(|way| format!("{way}   STALE")).collect();
            tone = Tone::Bad;
            description.push_str(" That value is stale.");
        }
        State { number, operation: Some(id), ways, tone, is_stale, description }
    }

    fn mark(self, bounds: Rectangle, size: f32) -> ClientMark {
        let left = bounds.x + 10.0;
        let room = bounds.width - 16.0;
        let shortest = self.ways.last().cloned().unwrap_or_default();
        let text = self.ways.into_iter().find(|text| text_width(text, size) <= room);
        let first = bounds.y + bounds.height / 2.0 - size * 0.35;
        let text_mark = |text, tone, baseline| TextMark {
            text,
            at: Point::new(left, baseline),
            anchor: Anchor::Start,
            tone,
            size,
        };
        ClientMark {
            number: self.number,
            bounds,
            title: text_mark(words::client(self.number), self.tone, first),
            line: text_mark(text.unwrap_or(shortest), Tone::Plain, first + size * 1.35),
            tone: self.tone,
            operation: self.operation,
            is_stale: self.is_stale,
            description: self.description,
        }
    }
}
