//! What each thing that the reader can want of a run leads to.

use crate::address::Address;
use crate::browser;
use crate::command::{Command, Way};
use crate::engine::Engine;
use crate::session::Session;
use crate::source::Source;
use raft_core::Micros;

/// Does what the reader wants of the run.
///
/// # Errors
/// Why it can't be done, in sentences for the reader; then nothing has changed.
pub(crate) fn carry_out(session: &Session, command: Command) -> Result<(), Vec<String>> {
    let mut engine = session.engine_mut();
    match command {
        Command::TogglePlaying if engine.is_playing() => engine.pause(),
        Command::TogglePlaying | Command::Play => engine.play(),
        Command::Pause => engine.pause(),
        Command::SetSpeed(speed) => engine.set_speed(speed),
        Command::Faster => {
            let faster = engine.speed().faster();
            engine.set_speed(faster);
        }
        Command::Slower => {
            let slower = engine.speed().slower();
            engine.set_speed(slower);
        }
        Command::SetJumps(jumps) => engine.set_jumps(jumps),
        Command::SetPacing(is_pacing) => engine.set_pacing(is_pacing),
        Command::Visit(address, at) => {
            engine.open(&address)?;
            engine.seek(at);
        }
        Command::Seek(at) => engine.seek(at),
        Command::Undo => engine.undo(),
        Command::Redo => engine.redo(),
        Command::Act(action) => engine.act(action).map_err(|message| vec![message])?,
        Command::ActAll(actions) => engine.act_all(actions).map_err(|message| vec![message])?,
        Command::OpenRun(source) => {
            let seed = engine.run_address().seed;
            let address = Address { source, seed, ..Address::default() };
            begin(&mut engine, &address)?;
        }
        Command::Begin(address) => begin(&mut engine, &address)?,
        Command::SetSeed(seed) => {
            let Address { source, lesson, .. } = engine.run_address().clone();
            begin(&mut engine, &Address { source, lesson, seed, ..Address::default() })?;
        }
        Command::Compare(scenario) => {
            let at = engine.at();
            let source = Source::BuiltIn(scenario.into());
            // A lesson tells of its own run.
            let mut address = Address { source, at: None, lesson: None, ..engine.address() };
            if address.plan().is_err() {
                address.interventions.clear();
            }
            engine.open(&address)?;
            engine.seek(at);
        }
        Command::Step(_)
        | Command::Notable(_)
        | Command::ToStart
        | Command::ToEnd
        | Command::LookAt(_)
        | Command::SeekEvent(_) => {
            // Who goes to a moment wants to look at it.
            engine.pause();
            match command {
                Command::Step(Way::Forward) => engine.step_forward(),
                Command::Step(Way::Back) => engine.step_back(),
                Command::Notable(Way::Forward) => engine.next_notable(),
                Command::Notable(Way::Back) => engine.previous_notable(),
                Command::SeekEvent(event) => engine.seek_event(event),
                Command::LookAt(at) => engine.seek(at),
                Command::ToEnd => engine.seek(Micros::MAX),
                _ => engine.seek(Micros::ZERO),
            }
        }
    }
    Ok(())
}

/// Opens another run, and plays it from its beginning.
fn begin(engine: &mut Engine, address: &Address) -> Result<(), Vec<String>> {
    engine.open(address)?;
    engine.seek(Micros::ZERO);
    // A lesson is begun by its reader.
    if address.lesson.is_none() && !browser::prefers_reduced_motion() {
        engine.play();
    }
    Ok(())
}
