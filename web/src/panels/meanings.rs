//! What the rows and columns of a table mean, for whoever opens it: a pointer may read it from a
//! title, fingers and keys can't.

use crate::terms::{Explained, Marker, use_sentences};
use web_sys::HtmlDetailsElement;
use yew::prelude::*;

/// A head of a table, and what it means.
pub(super) type Meaning = (&'static str, &'static str);

/// What is to be explained.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct Props {
    pub(super) marker: Marker,
    /// What is in it, beside the word "means".
    pub(super) title: &'static str,
    pub(super) rows: &'static [Meaning],
}

/// A list that is closed until somebody wants it. Only then the glossary is fetched.
#[component]
pub(super) fn Meanings(props: &Props) -> Html {
    let is_open = use_state_eq(|| false);
    let toggled = {
        let is_open = is_open.clone();
        Callback::from(move |event: Event| {
            let list = event.target_dyn_into::<HtmlDetailsElement>();
            is_open.set(list.is_some_and(|list| list.open()));
        })
    };
    html! {
        <details class="meanings" ontoggle={toggled} data-testid={format!("{}-meanings", props.marker)}>
            <summary>{ props.title }</summary>
            if *is_open {
                <List ..props.clone() />
            }
        </details>
    }
}

#[component]
fn List(props: &Props) -> Html {
    let rows = props.rows;
    let sentences = use_sentences(props.marker, || {
        rows.iter().map(|(name, means)| (*name, (*means).to_owned())).collect()
    });
    html! {
        <Explained marker={props.marker} said={sentences.said()}>
            <dl>
                { for rows.iter().map(|(name, means)| html! {
                    <>
                        <dt>{ *name }</dt>
                        <dd>{ sentences.mark(name, means) }</dd>
                    </>
                }) }
            </dl>
        </Explained>
    }
}
