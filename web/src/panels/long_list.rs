//! A list of any length, of which only the rows in view are on the page. One of the rows
//! can be chosen: by pointer, or by the arrow keys.

use crate::browser::Observer;
use std::ops::Range;
use web_sys::Element;
use yew::prelude::*;

/// How high a row is: high enough for a finger. The style sheet says the same.
const ROW: i32 = 44;
/// How many rows are there above and below those in view, for whoever scrolls on.
const BEYOND: usize = 4;
/// A browser draws nothing that is higher than some ten million pixels.
const MOST_ROWS: usize = 200_000;

/// Which rows are on the page.
fn in_view(scrolled: i32, height: i32, count: usize) -> Range<usize> {
    let first = usize::try_from(scrolled / ROW).unwrap_or(0).saturating_sub(BEYOND);
    let rows = usize::try_from(height / ROW).unwrap_or(0) + 2 + 2 * BEYOND;
    first.min(count.saturating_sub(rows))..(first + rows).min(count)
}

/// How far the list must be scrolled so that a row is in view.
fn scrolled_to(place: usize, scrolled: i32, height: i32) -> i32 {
    let top = i32::try_from(place).unwrap_or(0) * ROW;
    scrolled.min(top).max(top + ROW - height)
}

/// Which row a key chooses.
fn chosen_by(key: &str, chosen: Option<usize>, page: usize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    let to = match (key, chosen) {
        ("Home", _) => 0,
        ("End", _) => last,
        ("ArrowDown" | "ArrowUp" | "PageDown" | "PageUp", None) => 0,
        ("ArrowDown", Some(at)) => at + 1,
        ("ArrowUp", Some(at)) => at.saturating_sub(1),
        ("PageDown", Some(at)) => at + page,
        ("PageUp", Some(at)) => at.saturating_sub(page),
        _ => return None,
    };
    Some(to.min(last))
}

/// What the list needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// Its `data-testid`, with which its rows' ids begin.
    pub(crate) name: &'static str,
    /// What it is a list of.
    pub(crate) label: AttrValue,
    /// Which list it is: another one begins at its top.
    pub(crate) of: AttrValue,
    /// How many rows there are. New ones come at the top.
    pub(crate) count: usize,
    /// The row that is chosen.
    pub(crate) chosen: Option<usize>,
    /// What is in a row.
    pub(crate) row: Callback<usize, Html>,
    /// A row is chosen; none any more.
    pub(crate) on_choose: Callback<Option<usize>>,
    /// The moment of a row is wanted.
    pub(crate) on_enter: Callback<usize>,
}

/// What happens to it.
pub(crate) enum Msg {
    Scrolled,
    Resized,
    Key(KeyboardEvent),
}

/// The list.
pub(crate) struct LongList {
    list: NodeRef,
    scrolled: i32,
    height: i32,
    /// Where it is to be scrolled to, once the rows are there.
    to_scroll: Option<i32>,
    observer: Option<Observer>,
}

impl LongList {
    fn show(&mut self, place: Option<usize>) {
        if let Some(place) = place {
            let to = scrolled_to(place, self.scrolled, self.height);
            if to != self.scrolled {
                self.scrolled = to;
                self.to_scroll = Some(to);
            }
        }
    }
}

impl Component for LongList {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<LongList>) -> LongList {
        // Until it can be measured.
        let height = 400;
        let mut list = LongList {
            list: NodeRef::default(),
            scrolled: 0,
            height,
            to_scroll: None,
            observer: None,
        };
        list.show(ctx.props().chosen);
        list
    }

    fn update(&mut self, ctx: &Context<LongList>, message: Msg) -> bool {
        let Some(list) = self.list.cast::<Element>() else { return false };
        let props = ctx.props();
        match message {
            Msg::Scrolled => {
                let before = in_view(self.scrolled, self.height, props.count);
                self.scrolled = list.scroll_top();
                in_view(self.scrolled, self.height, props.count) != before
            }
            Msg::Resized => {
                self.height = list.client_height();
                true
            }
            Msg::Key(event) => {
                let count = props.count.min(MOST_ROWS);
                let page = usize::try_from(self.height / ROW).unwrap_or(1).max(1);
                match (event.key().as_str(), props.chosen) {
                    ("Enter", Some(chosen)) => props.on_enter.emit(chosen),
                    ("Escape", Some(_)) => props.on_choose.emit(None),
                    (key, chosen) => match chosen_by(key, chosen, page, count) {
                        Some(place) => {
                            self.show(Some(place));
                            props.on_choose.emit(Some(place));
                        }
                        None => return false,
                    },
                }
                event.prevent_default();
                true
            }
        }
    }

    fn changed(&mut self, ctx: &Context<LongList>, old: &Props) -> bool {
        let props = ctx.props();
        // Counted from the end that does not move.
        let from_end = |props: &Props| props.chosen.map(|place| props.count - place);
        if props.of != old.of {
            (self.scrolled, self.to_scroll) = (0, Some(0));
            self.show(props.chosen);
        } else if from_end(props) != from_end(old) {
            self.show(props.chosen);
        } else if self.scrolled > 0 && props.count != old.count {
            // What one looks at stays where it is.
            let grown = props.count as i32 - old.count as i32;
            let to = (self.scrolled + grown * ROW).max(0);
            (self.scrolled, self.to_scroll) = (to, Some(to));
        }
        true
    }

    fn view(&self, ctx: &Context<LongList>) -> Html {
        let props = ctx.props();
        let count = props.count.min(MOST_ROWS);
        let rows = in_view(self.scrolled, self.height, count);
        let id = |place: usize| format!("{}-{}", props.name, props.count - place);
        // Whoever comes into view takes the elements of who leaves it: to write other words into
        // them costs a third of making new ones.
        let recycled = rows.len().max(1);
        let active = props.chosen.filter(|place| rows.contains(place)).map(id);
        html! {
            <div
                ref={self.list.clone()}
                class="long-list"
                role="listbox"
                aria-label={props.label.clone()}
                aria-activedescendant={active}
                tabindex="0"
                data-testid={props.name}
                onscroll={ctx.link().callback(|_: Event| Msg::Scrolled)}
                onkeydown={ctx.link().callback(Msg::Key)}
            >
                <div
                    class="long-rows"
                    role="presentation"
                    style={format!("height:{}px", count as i32 * ROW)}
                >
                    { for rows.map(|place| {
                        let is_chosen = props.chosen == Some(place);
                        html! {
                            <div
                                key={(props.count - place) % recycled}
                                id={id(place)}
                                class="long-row"
                                role="option"
                                aria-selected={if is_chosen { "true" } else { "false" }}
                                aria-setsize={count.to_string()}
                                aria-posinset={(place + 1).to_string()}
                                style={format!("top:{}px", place as i32 * ROW)}
                                onclick={props.on_choose.reform(move |_: MouseEvent| Some(place))}
                                ondblclick={props.on_enter.reform(move |_: MouseEvent| place)}
                            >
                                { props.row.emit(place) }
                            </div>
                        }
                    }) }
                </div>
            </div>
        }
    }

    fn rendered(&mut self, ctx: &Context<LongList>, first_render: bool) {
        let Some(list) = self.list.cast::<Element>() else { return };
        if first_render {
            let resized = ctx.link().callback(|()| Msg::Resized);
            self.observer = Observer::of_size(&list, move || resized.emit(()));
        }
        if let Some(to) = self.to_scroll.take() {
            list.set_scroll_top(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_is_on_the_page_and_little_else_however_long_the_list_is() {
        for count in [0, 1, 9, 1_000, 200_000] {
            for scrolled in [0, 1, 43, 44, 4_000, 43_500, 8_799_000] {
                let scrolled = scrolled.min((count as i32 * ROW - 300).max(0));
                let rows = in_view(scrolled, 300, count);
                let first = (scrolled / ROW) as usize;
                let last = (((scrolled + 299) / ROW) as usize).min(count.saturating_sub(1));
                assert!(rows.end <= count && rows.len() <= 18, "{rows:?} of {count}");
                assert!(count == 0 || (rows.contains(&first) && rows.contains(&last)));
            }
        }
    }

    #[test]
    fn a_row_that_is_chosen_comes_into_view_by_the_shortest_way() {
        assert_eq!(scrolled_to(0, 500, 300), 0);
        assert_eq!(scrolled_to(12, 500, 300), 500);
        assert_eq!(scrolled_to(100, 500, 300), 100 * ROW + ROW - 300);
    }

    #[test]
    fn keys_choose_rows_and_stop_at_the_ends() {
        assert_eq!(chosen_by("ArrowDown", None, 5, 9), Some(0));
        assert_eq!(chosen_by("ArrowDown", Some(8), 5, 9), Some(8));
        assert_eq!(chosen_by("ArrowUp", Some(0), 5, 9), Some(0));
        assert_eq!(chosen_by("PageDown", Some(2), 5, 9), Some(7));
        assert_eq!(chosen_by("PageUp", Some(7), 5, 9), Some(2));
        assert_eq!(chosen_by("End", Some(7), 5, 9), Some(8));
        assert_eq!(chosen_by("ArrowDown", None, 5, 0), None);
        assert_eq!(chosen_by("x", Some(7), 5, 9), None);
    }
}
