//! Tells a built-in scenario: `story SCENARIO [all]`.

use raft_scene::words;
use raft_sim::{Plan, Timeline};
use std::sync::Arc;

fn main() -> Result<(), String> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let name = words.first().ok_or("story SCENARIO [all]")?;
    let scenario = raft_scenarios::by_name(name).ok_or("no such scenario")?;
    let plan = Plan::new(scenario, 42, Vec::new()).map_err(|errors| format!("{errors:?}"))?;
    let timeline = Timeline::new(Arc::new(plan));
    let world = timeline.world_after(timeline.events());
    let tells_all = words.get(1).is_some_and(|word| word == "all");
    for record in timeline.records() {
        if (tells_all || words::is_worth_telling(&record.what))
            && !words::is_beginning(&record)
            && let Some(text) = words::happening(&record.what, &world)
        {
            println!("{:>5} {:>10}  {text}", record.event, record.at.to_string());
        }
    }
    Ok(())
}
