//! A dialog over the page. The browser's own element keeps the focus inside, closes on
//! Escape, and gives the focus back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// What a dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Its name in the page.
    pub(crate) id: &'static str,
    /// What it is about.
    pub(crate) title: AttrValue,
    /// Whether it is open.
    pub(crate) is_open: bool,
    /// It was closed, by Escape or by its button.
    pub(crate) on_close: Callback<()>,
    /// What is in it.
    pub(crate) children: Html,
}

/// A dialog.
#[component]
pub(crate) fn Dialog(props: &Props) -> Html {
    let element = use_node_ref();
    use_effect_with((element.clone(), props.is_open), |(element, is_open)| {
        let Some(dialog) = element.cast::<HtmlDialogElement>() else { return };
        if *is_open && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !is_open && dialog.open() {
            dialog.close();
        }
    });
    // That it was closed by whoever shows it is no news to them, and comes late: by then
    // something else may lie over the page.
    let on_close = props.on_close.clone();
    let on_close = Callback::from({
        let is_open = props.is_open;
        move |_: Event| {
            if is_open {
                on_close.emit(());
            }
        }
    });
    let heading = format!("{}-title", props.id);
    html! {
        <dialog
            ref={element}
            id={props.id}
            data-testid={props.id}
            aria-labelledby={heading.clone()}
            onclose={on_close}
        >
            <h2 id={heading}>{ props.title.clone() }</h2>
            if props.is_open {
                { props.children.clone() }
            }
        </dialog>
    }
}
