//! The settings, all of them live: a change is an action at the playhead, and so begins a
//! run of its own. And free play, which begins with another cluster.

use super::Props;
use crate::browser;
use crate::command::Command;
use crate::engine::Engine;
use crate::free_play::FreePlay;
use crate::session::Session;
use crate::setting_text as text;
use crate::source::Source;
use crate::terms::{Explained, Sentences, use_sentences};
use gloo_timers::callback::Timeout;
use raft_core::Flaw;
use raft_sim::document::Preset;
use raft_sim::{
    Action, FREE_PLAY_CLIENTS, FREE_PLAY_NODES, SETTINGS, Setting, SettingKind, SettingRow, World,
};
use std::iter;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What is said of each setting, in the order in which they are shown.
fn meanings() -> Vec<(&'static str, String)> {
    let rows = SETTINGS.iter().flat_map(|row| {
        let flaws = Flaw::ALL.iter().filter(|_| row.kind == SettingKind::Flaw);
        let flaws = flaws.map(|flaw| (flaw.name(), leaves_out(*flaw)));
        iter::once((row.name, row.about.to_owned())).chain(flaws)
    });
    rows.collect()
}

fn leaves_out(flaw: Flaw) -> String {
    format!("Leaves out: {}.", flaw.removes())
}

/// The panel.
#[component]
pub(super) fn Settings(props: &Props) -> Html {
    let meanings = use_sentences("settings", meanings);
    let engine = props.session.engine();
    let world = engine.world();
    html! {
        <Explained marker="settings" said={meanings.said()}>
        <div class="settings" data-testid="settings">
            <FreePlayForm
                playing={engine.run_address().source.clone()}
                on_command={props.on_command.clone()}
            />
            <h2>{ "This cluster" }</h2>
            <p class="meaning">
                { "A change counts from the playhead on: what came later is played anew, and Undo \
                   takes it back. Members come and go by a node's menu." }
            </p>
            if world.is_modified_raft() {
                <p class="warning" data-testid="modified-run">
                    { "Modified Raft: a rule is, or was, left out of this run." }
                </p>
            }
            { for SETTINGS.chunk_by(|one, next| one.group == next.group).map(|rows| html! {
                <section>
                    <h3>{ rows.first().map_or("", |row| row.group.title()) }</h3>
                    { for rows.iter().map(|row| match row.kind {
                        SettingKind::Flaw => flaws(props, &engine, &meanings, row),
                        _ => html! {
                            <Field
                                key={row.name}
                                session={props.session.clone()}
                                name={row.name}
                                value={row.in_force(world)}
                                meanings={meanings.clone()}
                                on_command={props.on_command.clone()}
                            />
                        },
                    }) }
                </section>
            }) }
            <section>
                <h3>{ "Clocks" }</h3>
                { for world.hosts().iter().map(|host| html! {
                    <ClockField
                        key={host.id().to_string()}
                        node={host.id().to_string()}
                        rate={host.clock().rate().to_string()}
                        on_command={props.on_command.clone()}
                    />
                }) }
            </section>
        </div>
        </Explained>
    }
}

/// Once the page has done what a control asks for, or refused it: shows what is in force. A
/// refusal changes nothing, so that nothing else would take back what the reader sees.
fn show_in_force(event: &Event, session: &Session, in_force: impl Fn(&World) -> String + 'static) {
    let (target, session) = (event.target(), session.clone());
    Timeout::new(0, move || {
        let value = in_force(session.engine().world());
        match target.map(JsCast::dyn_into::<HtmlInputElement>) {
            Some(Ok(switch)) => switch.set_checked(value == "on"),
            Some(Err(other)) => {
                if let Ok(select) = other.dyn_into::<HtmlSelectElement>() {
                    select.set_value(&value);
                }
            }
            None => {}
        }
    })
    .forget();
}

const fn on_or_off(is_on: bool) -> &'static str {
    if is_on { "on" } else { "off" }
}

#[derive(Clone, PartialEq, Properties)]
struct FieldProps {
    session: Session,
    /// Which setting.
    name: &'static str,
    /// What is in force, as an action has it; `None` where it is not one value.
    value: Option<String>,
    meanings: Rc<Sentences>,
    on_command: Callback<Command>,
}

/// A setting, with the control that its kind wants.
#[component]
fn Field(props: &FieldProps) -> Html {
    let Some(row) = SETTINGS.iter().find(|row| row.name == props.name) else {
        return Html::default();
    };
    let id = format!("set-{}", row.name);
    let about = format!("{id}-about");
    let act = {
        let on_command = props.on_command.clone();
        move |value: &str| {
            let action = text::action(row, value)?;
            on_command.emit(Command::Act(action));
            Ok(())
        }
    };
    let control = match row.kind {
        SettingKind::OnOff => {
            let is_on = props.value.as_deref() == Some("on");
            let session = props.session.clone();
            let toggle = Callback::from(move |event: Event| {
                // Both are always right.
                let _: Result<(), String> = act(on_or_off(!is_on));
                show_in_force(&event, &session, |world| row.in_force(world).unwrap_or_default());
            });
            switch(id.clone(), is_on, Some(about.clone()), toggle)
        }
        SettingKind::Choice(choices) => {
            let session = props.session.clone();
            let choose = Callback::from(move |event: Event| {
                let _: Result<(), String> = act(&browser::chosen(&event));
                show_in_force(&event, &session, |world| row.in_force(world).unwrap_or_default());
            });
            html! {
                <select
                    id={id.clone()}
                    data-testid={id.clone()}
                    aria-describedby={about.clone()}
                    onchange={choose}
                >
                    if props.value.is_none() {
                        <option value="" selected=true disabled=true>{ "its own" }</option>
                    }
                    { for choices.iter().map(|(value, title)| html! {
                        <option value={*value} selected={props.value.as_deref() == Some(value)}>
                            { *title }
                        </option>
                    }) }
                </select>
            }
        }
        _ => html! {
            <TextField
                id={id.clone()}
                about={about.clone()}
                value={props.value.as_deref().map(|value| text::shown(row.kind, value))}
                unit={text::unit(row.kind)}
                set={Callback::from(move |typed: String| act(&typed))}
            />
        },
    };
    html! {
        <div class="setting">
            <label for={id}>{ row.title }</label>
            { control }
            <p class="meaning" id={about}>{ props.meanings.mark(row.name, row.about) }</p>
            { source_of(row, props.value.as_deref()) }
        </div>
    }
}

/// Where a preset's numbers are written, and what differs from the paper there.
fn source_of(row: &SettingRow, value: Option<&str>) -> Html {
    let preset = value.filter(|_| row.name == "timing").and_then(Preset::of_name);
    preset.map_or_else(Html::default, |preset| html! {
        <p class="meaning source">{ format!("{} Source: {}", preset.note(), preset.source()) }</p>
    })
}

fn switch(id: String, is_on: bool, about: Option<String>, toggle: Callback<Event>) -> Html {
    html! {
        <input
            type="checkbox"
            role="switch"
            id={id.clone()}
            data-testid={id}
            checked={is_on}
            aria-describedby={about}
            onchange={toggle}
        />
    }
}

#[derive(Clone, PartialEq, Properties)]
struct TextFieldProps {
    id: String,
    /// What describes it.
    about: String,
    /// What is in force; `None` where it is not one value.
    value: Option<String>,
    unit: &'static str,
    /// Sets what was typed, or says what would be right.
    set: Callback<String, Result<(), String>>,
}

/// A field that one types in. What is wrong stays, with what would be right beside it.
#[component]
fn TextField(props: &TextFieldProps) -> Html {
    let draft = use_state_eq(|| None::<String>);
    let wrong = use_state_eq(String::new);
    let keep = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| draft.set(Some(browser::typed(&event))))
    };
    let commit = {
        let (draft, wrong, set) = (draft.clone(), wrong.clone(), props.set.clone());
        Callback::from(move |event: Event| {
            let typed = browser::typed(&event);
            match set.emit(typed.clone()) {
                Ok(()) => {
                    draft.set(None);
                    wrong.set(String::new());
                }
                Err(message) => {
                    draft.set(Some(typed));
                    wrong.set(message);
                }
            }
        })
    };
    let is_wrong = !wrong.is_empty();
    let wrong_id = format!("{}-wrong", props.id);
    let described_by = match is_wrong {
        true => format!("{wrong_id} {}", props.about),
        false => props.about.clone(),
    };
    let value = (*draft).clone().or_else(|| props.value.clone()).unwrap_or_default();
    html! {
        <>
            <span class="with-unit">
                <input
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    size="11"
                    id={props.id.clone()}
                    data-testid={props.id.clone()}
                    aria-describedby={described_by}
                    aria-invalid={is_wrong.then_some("true")}
                    placeholder={props.value.is_none().then_some("several")}
                    {value}
                    oninput={keep}
                    onchange={commit}
                />
                <span>{ props.unit }</span>
            </span>
            if is_wrong {
                <p class="wrong" role="alert" id={wrong_id}>{ &*wrong }</p>
            }
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ClockProps {
    node: String,
    rate: String,
    on_command: Callback<Command>,
}

/// How fast a node's clock runs.
#[component]
fn ClockField(props: &ClockProps) -> Html {
    let id = format!("clock-{}", props.node);
    let about = format!("{id}-about");
    let (node, on_command) = (props.node.clone(), props.on_command.clone());
    let set = Callback::from(move |typed: String| {
        let action: Result<Action, _> = format!("clock:{node}:{}", typed.trim()).parse();
        let action = action.map_err(|_| {
            "Write a ratio between 1/2 and 2/1, such as 4/5: a clock that runs at 0.80.".to_owned()
        })?;
        on_command.emit(Command::Act(action));
        Ok(())
    });
    html! {
        <div class="setting">
            <label for={id.clone()}>{ format!("Clock of {}", props.node) }</label>
            <TextField id={id} about={about.clone()} value={props.rate.clone()} unit="" {set} />
            <p class="visually-hidden" id={about}>{ "How fast it runs, beside true time." }</p>
        </div>
    }
}

/// The rules, each of which can be left out.
fn flaws(props: &Props, engine: &Engine, meanings: &Sentences, row: &SettingRow) -> Html {
    let left_out = engine.world().settings().flaws;
    html! {
        <>
            <p class="meaning">{ meanings.mark(row.name, row.about) }</p>
            { for Flaw::ALL.iter().map(|flaw| {
                let flaw = *flaw;
                let is_on = !left_out.has(flaw);
                let name = flaw.name();
                let id = format!("flaw-{name}");
                let about = format!("{id}-about");
                let session = props.session.clone();
                let toggle = props.on_command.reform(move |event: Event| {
                    show_in_force(&event, &session, move |world| {
                        on_or_off(world.settings().flaws.has(flaw)).to_owned()
                    });
                    Command::Act(Action::Set(Setting::Flaw { flaw, is_on }))
                });
                html! {
                    <div class="setting" key={name}>
                        <label for={id.clone()}>{ name.replace('-', " ") }</label>
                        { switch(id, !is_on, Some(about.clone()), toggle) }
                        <p class="meaning" id={about}>{ meanings.mark(name, &leaves_out(flaw)) }</p>
                    </div>
                }
            }) }
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct FreePlayProps {
    /// What is played now.
    playing: Source,
    on_command: Callback<Command>,
}

/// What a new cluster is to be.
#[component]
fn FreePlayForm(props: &FreePlayProps) -> Html {
    let playing = match &props.playing {
        Source::Free(free) => *free,
        _ => FreePlay::default(),
    };
    let wanted = use_state_eq(|| playing);
    let FreePlay { nodes, preset, clients } = *wanted;
    let number = |change: fn(FreePlay, u8) -> FreePlay| {
        let wanted = wanted.clone();
        Callback::from(move |event: Event| {
            if let Ok(number) = browser::chosen(&event).parse() {
                wanted.set(change(*wanted, number));
            }
        })
    };
    let choose_nodes = number(|free, nodes| FreePlay { nodes, ..free });
    let choose_clients = number(|free, clients| FreePlay { clients, ..free });
    let choose_preset = {
        let wanted = wanted.clone();
        Callback::from(move |event: Event| {
            if let Some(preset) = Preset::of_name(&browser::chosen(&event)) {
                wanted.set(FreePlay { preset, ..*wanted });
            }
        })
    };
    let go = {
        let free = *wanted;
        props.on_command.reform(move |_: MouseEvent| Command::OpenRun(Source::Free(free)))
    };
    let numbers =
        |all: std::ops::RangeInclusive<u8>, chosen: u8| {
            all.map(|number| html! {
            <option value={number.to_string()} selected={number == chosen}>{ number }</option>
        })
        .collect::<Html>()
        };
    html! {
        <section class="free-play">
            <h2>{ "Free play" }</h2>
            <p class="meaning">
                { "A new cluster, to which nothing happens but what you do. How large it is can't \
                   be changed while it runs." }
            </p>
            <div class="setting">
                <label for="free-nodes">{ "Nodes" }</label>
                <select id="free-nodes" data-testid="free-nodes" onchange={choose_nodes}>
                    { numbers(FREE_PLAY_NODES, nodes) }
                </select>
            </div>
            <div class="setting">
                <label for="free-preset">{ "Settings of" }</label>
                <select id="free-preset" data-testid="free-preset" onchange={choose_preset}>
                    { for FreePlay::presets().iter().map(|(name, title)| html! {
                        <option value={*name} selected={Preset::of_name(name) == Some(preset)}>
                            { *title }
                        </option>
                    }) }
                </select>
            </div>
            <div class="setting">
                <label for="free-clients">{ "Clients" }</label>
                <select id="free-clients" data-testid="free-clients" onchange={choose_clients}>
                    { numbers(0..=FREE_PLAY_CLIENTS, clients) }
                </select>
            </div>
            <button type="button" class="primary" data-testid="free-play" onclick={go}>
                { "Begin" }
            </button>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_meaning_is_found_again_by_a_name_that_no_other_has() {
        let mut names: Vec<&str> = meanings().into_iter().map(|(name, _)| name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!(count, SETTINGS.len() + Flaw::ALL.len());
    }
}
