//! The runs that were made, as a tree: where each leaves which, and by what.

use crate::command::Command;
use crate::dialog::Dialog;
use crate::engine::Engine;
use yew::prelude::*;

/// The dialog.
pub(crate) fn runs_dialog(
    engine: &Engine,
    is_open: bool,
    on_command: &Callback<Command>,
    on_close: &Callback<()>,
) -> Html {
    let here = engine.run_address();
    let rows = || {
        engine.runs().all().iter().enumerate().map(|(place, run)| {
            let is_here = run.address.is_same_run(here);
            let visit = Command::Visit(run.address.clone(), run.leaves_at);
            let (on_command, on_close) = (on_command.clone(), on_close.clone());
            let on_click = Callback::from(move |_: MouseEvent| {
                on_close.emit(());
                on_command.emit(visit.clone());
            });
            html! {
                <li style={format!("--depth: {}", run.depth.min(8))}>
                    <button
                        type="button"
                        class={is_here.then_some("here")}
                        aria-current={is_here.then_some("true")}
                        data-run={place.to_string()}
                        onclick={on_click}
                    >
                        <b>{ run.leaves_at.to_string() }</b>
                        <span>{ &run.told }</span>
                    </button>
                </li>
            }
        })
    };
    html! {
        <Dialog id="runs" title="Runs that you made" {is_open} on_close={on_close.clone()}>
            <p>{ "Each thing that you do begins a run of its own at that moment. Go back to any." }</p>
            if is_open {
                <ol class="runs">{ for rows() }</ol>
            }
            <div class="dialog-buttons">
                <button type="button" onclick={on_close.reform(|_: MouseEvent| ())}>{ "Close" }</button>
            </div>
        </Dialog>
    }
}
