//! What is done to the cluster: each act makes another run, which has the past in common with
//! the one before; and the ways back to those, and to others.

use super::Engine;
use crate::address::Address;
use crate::later;
use raft_core::Micros;
use raft_scene::TimelineIndex;
use raft_sim::{Action, Happening, Step, Timeline, Told};

/// The most runs that one can go back to.
const MOST_UNDONE: usize = 200;

impl Engine {
    /// Does something to the cluster, now. What was done before the playhead stays;
    /// what was done after it belongs to the run before, which one can go back to.
    ///
    /// # Errors
    /// Why it can't be done; then nothing has changed.
    pub(crate) fn act(&mut self, action: Action) -> Result<(), String> {
        self.act_all(vec![action])
    }

    /// Does several things to the cluster, now, in this order, as one: one undo takes all
    /// of them back.
    ///
    /// # Errors
    /// Why one of them can't be done; then nothing has changed.
    pub(crate) fn act_all(&mut self, actions: Vec<Action>) -> Result<(), String> {
        let (address, timeline, index) = self.run_with(&actions)?;
        let refusal = self.what_follows(&timeline).find(|record| match &record.what {
            Happening::ActionRefused { action, .. } => actions.contains(action),
            _ => false,
        });
        if let Some(refusal) = refusal {
            let why = self.told(&refusal.what);
            return Err(why.unwrap_or_else(|| "That is not possible now.".to_owned()));
        }
        // Of what it led to at once, the first that there are words for.
        let told = self.what_follows(&timeline).find_map(|record| self.told(&record.what));
        self.remember();
        self.runs.visit(&address, told);
        self.install(address, timeline, index, self.at);
        Ok(())
    }

    fn told(&self, what: &Happening) -> Option<String> {
        (later::there()?.happening)(what, &self.world)
    }

    /// The run in which that is done at the playhead, and its address.
    fn run_with(&self, actions: &[Action]) -> Result<(Address, Timeline, TimelineIndex), String> {
        if self.is_at_end() {
            return Err("The run ends here. Go back a little, and act then.".to_owned());
        }
        let done = self.world.interventions_done();
        let mut interventions = self.address.interventions.clone();
        interventions.truncate(done);
        let step = |action: &Action| Step { at: self.at, action: action.clone() };
        interventions.extend(actions.iter().map(step));
        let address = Address { interventions, ..self.address.clone() };
        let plan = address.plan().map_err(|errors| errors.join(" "))?;
        let (timeline, index) = TimelineIndex::of_new_run(plan);
        Ok((address, timeline, index))
    }

    /// What happens in another run at the playhead's moment, after all that has happened
    /// there in this one.
    fn what_follows<'a>(&self, timeline: &'a Timeline) -> impl Iterator<Item = Told> + use<'a> {
        let at = self.at;
        let records = timeline.records_of_events(self.events() + 1, timeline.events_by(at));
        records.take_while(move |record| record.at <= at)
    }

    /// Opens another run.
    ///
    /// # Errors
    /// Everything that is wrong with its address; then nothing has changed.
    pub(crate) fn open(&mut self, address: &Address) -> Result<(), Vec<String>> {
        let (timeline, index) = TimelineIndex::of_new_run(address.plan()?);
        let at = address.at.unwrap_or_default();
        // The browser's own back and forward buttons are undo and redo.
        if self.past.last().is_some_and(|past| past.is_same_run(address)) {
            self.past.pop();
            self.future.push(self.address());
        } else if self.future.last().is_some_and(|future| future.is_same_run(address)) {
            self.future.pop();
            self.past.push(self.address());
        } else if !self.address.is_same_run(address) {
            self.remember();
        }
        self.runs.visit(address, None);
        self.install(Address { at: None, ..address.clone() }, timeline, index, at);
        Ok(())
    }

    /// Whether there is a run to go back to.
    pub(crate) const fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is a run to go forward to again.
    pub(crate) const fn can_redo(&self) -> bool {
        !self.future.is_empty()
    }

    /// Goes back to the run before, at the moment where it was left.
    pub(crate) fn undo(&mut self) {
        if let Some(address) = self.past.last().cloned() {
            self.reopen(&address);
        }
    }

    /// Takes an undo back.
    pub(crate) fn redo(&mut self) {
        if let Some(address) = self.future.last().cloned() {
            self.reopen(&address);
        }
    }

    fn reopen(&mut self, address: &Address) {
        // It was open before, so nothing is wrong with it.
        let opened = self.open(address);
        debug_assert!(opened.is_ok(), "a run that was open opens again");
        // The moment is what one comes back for.
        self.pause();
    }

    fn remember(&mut self) {
        if self.past.len() == MOST_UNDONE {
            self.past.remove(0);
        }
        self.past.push(self.address());
        self.future.clear();
    }

    fn install(&mut self, address: Address, timeline: Timeline, index: TimelineIndex, at: Micros) {
        self.address = address;
        self.index = index;
        self.world = timeline.world_after(0);
        self.timeline = timeline;
        self.run += 1;
        // They were of another run.
        (self.halt, self.horizon, self.is_held) = (None, None, false);
        self.seek(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::NodeId;
    use raft_sim::{Record, Who};

    fn records(engine: &Engine) -> Vec<Record> {
        let told = engine.timeline().records_by(engine.events());
        told.map(|record| Record::clone(&record)).collect()
    }

    fn engine(hash: &str) -> Engine {
        Engine::new(Address::read(hash).expect("a right hash")).expect("a right run")
    }

    #[test]
    fn an_action_makes_a_run_that_hangs_from_the_one_before() {
        let mut engine = engine("#t=600000");
        engine.act(Action::Crash(Who::Leader)).expect("there is a leader");
        engine.undo();
        engine.seek(Micros(700_000));
        engine.act(Action::Isolate(Who::Leader)).expect("there is a leader");
        let runs = engine.runs().all();
        let drawn: Vec<_> = runs.iter().map(|run| (run.depth, run.leaves_at)).collect();
        assert_eq!(drawn, [(0, Micros(0)), (1, Micros(600_000)), (1, Micros(700_000))]);
        assert!(
            runs[1].told.contains("power") || runs[1].told.contains("crash"),
            "{}",
            runs[1].told
        );
        let first = runs[1].address.clone();
        engine.open(&first).expect("it was right before");
        assert_eq!(engine.runs().all().len(), 3, "one goes back to it, and none is new");
    }

    #[test]
    fn an_action_keeps_the_past_and_the_playhead() {
        let mut engine = engine("#t=600000");
        let before = engine.events();
        let past = records(&engine);
        engine.act(Action::Crash(Who::Leader)).expect("there is a leader");
        assert_eq!(engine.at(), Micros(600_000));
        assert!(engine.events() > before);
        let records = records(&engine);
        assert_eq!(records[..past.len()], past);
        assert!(matches!(records[past.len()].what, Happening::Crashed { .. }));
    }

    #[test]
    fn acting_in_the_past_drops_what_was_done_later_and_undo_brings_it_back() {
        let mut engine = engine("#t=600000");
        engine.act(Action::Crash(Who::Node(NodeId::A))).expect("A is up");
        engine.seek(Micros(700_000));
        engine.act(Action::Restart(NodeId::A.into())).expect("A is down");
        engine.seek(Micros(650_000));
        engine.act(Action::Heal).expect("always possible");
        assert_eq!(
            engine.address().hash(),
            "#scenario=leader-crash&seed=42&do=600000:crash:A,650000:heal&t=650000"
        );
        engine.undo();
        assert_eq!(
            engine.address().hash(),
            "#scenario=leader-crash&seed=42&do=600000:crash:A,700000:restart:A&t=650000"
        );
        engine.redo();
        assert!(engine.address().hash().contains("650000:heal"));
        engine.undo();
        engine.undo();
        engine.undo();
        assert!(!engine.can_undo() && engine.can_redo());
        assert_eq!(engine.address().hash(), "#scenario=leader-crash&seed=42&t=600000");
    }

    #[test]
    fn stepping_back_over_an_action_and_acting_takes_its_place() {
        let mut engine = engine("#t=600000");
        engine.act(Action::Crash(Who::Node(NodeId::A))).expect("A is up");
        engine.step_back();
        engine.act(Action::Crash(Who::Node(NodeId::B))).expect("B is up");
        let interventions = &engine.run_address().interventions;
        assert_eq!(interventions.len(), 1);
        assert_eq!(interventions[0].action, Action::Crash(Who::Node(NodeId::B)));
    }

    #[test]
    fn two_actions_at_one_moment_are_both_done() {
        let mut engine = engine("#t=600000");
        engine.act(Action::Crash(Who::Node(NodeId::A))).expect("A is up");
        engine.act(Action::Crash(Who::Node(NodeId::B))).expect("B is up");
        assert_eq!(engine.run_address().interventions.len(), 2);
        assert!(engine.world().host(NodeId::A).is_some_and(|host| host.node().is_none()));
    }

    #[test]
    fn what_is_not_possible_changes_nothing() {
        let mut engine = engine("#t=600000");
        assert!(engine.act(Action::Restart(NodeId::A.into())).is_err(), "it is up");
        assert!(
            engine.act(Action::Crash(Who::Node(NodeId::new(8).expect("a letter")))).is_err(),
            "no such node"
        );
        engine.seek(Micros::MAX);
        assert!(engine.act(Action::Heal).is_err(), "the run is over");
        assert!(!engine.can_undo());
    }

    #[test]
    fn the_browsers_back_is_undo() {
        let mut engine = engine("#t=600000");
        let first = engine.address();
        engine.act(Action::Crash(Who::Leader)).expect("there is a leader");
        let second = engine.address();
        engine.open(&first).expect("it was right before");
        assert!(!engine.can_undo() && engine.can_redo());
        engine.open(&second).expect("it was right before");
        assert!(engine.can_undo() && !engine.can_redo());
    }
}
