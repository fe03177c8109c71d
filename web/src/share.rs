//! The dialog that shares a moment: its link, and the snippet that embeds it in a page, with
//! the embed itself as a preview.

use crate::address::Address;
use crate::dialog::Dialog;
use crate::{browser, clipboard, location};
use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

/// The sizes that an embed is offered in, in pixels.
const SIZES: [(u32, u32); 4] = [(800, 450), (640, 400), (375, 667), (320, 480)];
/// How wide the preview is at most.
const PREVIEW: u32 = 480;

/// What a frame may do that holds the page in one file: run, and open the full page.
const SANDBOX: &str = "allow-scripts allow-popups allow-popups-to-escape-sandbox";

/// What the dialog needs.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    /// What to share; nothing while it is closed.
    pub(crate) address: Option<Address>,
    /// What the scenario is called.
    pub(crate) title: String,
    /// It was closed.
    pub(crate) on_close: Callback<()>,
}

/// How the embed is to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Choice {
    size: (u32, u32),
    theme: &'static str,
    /// Whether it plays by itself; where nothing was chosen, it rests at a moment, and
    /// plays from the beginning.
    plays: Option<bool>,
    has_controls: bool,
    has_story: bool,
    has_timeline: bool,
}

impl Default for Choice {
    fn default() -> Choice {
        Choice {
            size: SIZES[0],
            theme: "auto",
            plays: None,
            has_controls: true,
            has_story: true,
            has_timeline: true,
        }
    }
}

impl Choice {
    /// The query, with its `?` or `&`: what is as by default is left out.
    fn query(&self, names_moment: bool) -> String {
        let mut query = String::from("embed=1");
        match (self.plays, names_moment) {
            (Some(true), true) => query.push_str("&autoplay=1"),
            (Some(false), false) => query.push_str("&autoplay=0"),
            _ => {}
        }
        if !self.has_controls {
            query.push_str("&controls=0");
        }
        if self.theme != "auto" {
            query.push_str("&theme=");
            query.push_str(self.theme);
        }
        match (self.has_story, self.has_timeline) {
            (true, true) => {}
            (true, false) => query.push_str("&panels=story"),
            (false, true) => query.push_str("&panels=timeline"),
            (false, false) => query.push_str("&panels=none"),
        }
        query
    }

    /// The address of the embed.
    fn embed(&self, page: &str, address: &Address) -> String {
        let joint = if page.contains('?') { '&' } else { '?' };
        let query = self.query(names_moment(address));
        format!("{page}{joint}{query}{}", address.hash())
    }

    /// What an author puts into a page.
    fn snippet(&self, embed: &str, title: &str, is_single_file: bool) -> String {
        let (width, height) = self.size;
        // The files of the other page count as another origin's in a sandbox.
        let sandbox =
            if is_single_file { format!(" sandbox=\"{SANDBOX}\"") } else { String::new() };
        format!(
            "<iframe src=\"{}\" width=\"{width}\" height=\"{height}\" title=\"Raft: {}\"{sandbox} \
             style=\"border: 0; max-width: 100%\" loading=\"lazy\"></iframe>",
            escaped(embed),
            escaped(title),
        )
    }
}

fn names_moment(address: &Address) -> bool {
    address.at.is_some_and(|at| at.0 > 0)
}

/// A text as it may stand in an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// The dialog.
#[component]
pub(crate) fn ShareDialog(props: &Props) -> Html {
    let choice = use_state(Choice::default);
    let told = use_state(|| "");
    // What was told of one moment says nothing of the next.
    {
        let told = told.clone();
        use_effect_with(props.address.is_some(), move |_| told.set(""));
    }
    let content = props.address.as_ref().map(|address| match location::full_page() {
        Some(page) => content(&page, address, &props.title, &choice, &told),
        None => html! {
            <p>{ "This page has no address of its own, so nothing can link to it." }</p>
        },
    });
    html! {
        <Dialog
            id="share-dialog"
            title="Share this moment"
            is_open={props.address.is_some()}
            on_close={&props.on_close}
        >
            { content.unwrap_or_default() }
            <div class="dialog-buttons">
                <button type="button" onclick={props.on_close.reform(|_: MouseEvent| ())}>
                    { "Close" }
                </button>
            </div>
        </Dialog>
    }
}

fn content(
    page: &str,
    address: &Address,
    title: &str,
    choice: &UseStateHandle<Choice>,
    told: &UseStateHandle<&'static str>,
) -> Html {
    let link = format!("{page}{}", address.hash());
    let embed = choice.embed(page, address);
    let snippet = choice.snippet(&embed, title, browser::is_single_file());
    let copy = |id: &'static str, text: String| {
        let told = told.clone();
        Callback::from(move |_: MouseEvent| {
            let told = told.clone();
            clipboard::copy(text.clone(), move |is_copied| {
                if is_copied {
                    told.set("Copied.");
                } else {
                    select(id);
                    told.set("The browser keeps this page from copying: it is selected, copy it by hand.");
                }
            });
        })
    };
    let (width, height) = choice.size;
    let permille = (PREVIEW * 1_000 / width).min(1_000);
    let scaled = |length: u32| length * permille / 1_000;
    let flag = |name: &'static str,
                label: &'static str,
                is_set: bool,
                set: fn(&mut Choice, bool)| {
        let choice = choice.clone();
        let onchange = Callback::from(move |event: Event| {
            let input = event.target().and_then(|it| it.dyn_into::<HtmlInputElement>().ok());
            let mut chosen = *choice;
            set(&mut chosen, input.is_some_and(|input| input.checked()));
            choice.set(chosen);
        });
        html! {
            <label>
                <input type="checkbox" data-testid={name} checked={is_set} {onchange} />{ label }
            </label>
        }
    };
    let choose = |set: fn(&mut Choice, usize)| {
        let choice = choice.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|it| it.dyn_into::<HtmlSelectElement>().ok());
            let place = select.map_or(0, |select| select.selected_index());
            let mut chosen = *choice;
            set(&mut chosen, usize::try_from(place).unwrap_or(0));
            choice.set(chosen);
        })
    };
    html! {
        <>
            <label class="field">
                <span>{ "Link to this very run, at this moment" }</span>
                <input id="share-link" data-testid="share-link" type="text" readonly=true value={link.clone()} />
            </label>
            <button type="button" class="primary" data-testid="copy-link" onclick={copy("share-link", link.clone())}>
                { "Copy link" }
            </button>
            if link.starts_with("file:") {
                <p class="hint">{ "This page is a file on your disk, and so is the link. Put the file on a host to share it with others." }</p>
            }
            <h3>{ "Embed it in a page" }</h3>
            <div class="choices">
                <label>
                    { "Size " }
                    <select data-testid="embed-size" onchange={choose(|choice, place| {
                        choice.size = SIZES.get(place).copied().unwrap_or(SIZES[0]);
                    })}>
                        { for SIZES.iter().map(|size| html! {
                            <option selected={*size == choice.size}>{ format!("{} × {}", size.0, size.1) }</option>
                        }) }
                    </select>
                </label>
                <label>
                    { "Theme " }
                    <select data-testid="embed-theme" onchange={choose(|choice, place| {
                        choice.theme = THEMES.get(place).copied().unwrap_or("auto");
                    })}>
                        { for THEMES.iter().map(|theme| html! {
                            <option selected={*theme == choice.theme}>{ *theme }</option>
                        }) }
                    </select>
                </label>
                { flag("embed-autoplay", "plays by itself", choice.plays.unwrap_or(!names_moment(address)), |choice, is_set| choice.plays = Some(is_set)) }
                { flag("embed-controls", "buttons", choice.has_controls, |choice, is_set| choice.has_controls = is_set) }
                { flag("embed-has-story", "story", choice.has_story, |choice, is_set| choice.has_story = is_set) }
                { flag("embed-timeline", "timeline", choice.has_timeline, |choice, is_set| choice.has_timeline = is_set) }
            </div>
            <textarea
                id="share-snippet"
                data-testid="share-snippet"
                aria-label="The snippet"
                readonly=true
                rows="4"
                value={snippet.clone()}
            />
            <button type="button" data-testid="copy-snippet" onclick={copy("share-snippet", snippet)}>
                { "Copy snippet" }
            </button>
            <p class="hint" role="status" data-testid="copied">{ **told }</p>
            <div class="preview" style={format!("width: {}px; height: {}px", scaled(width), scaled(height))}>
                // A new one for each choice: another address in the same frame would be one
                // more step for the Back button.
                <iframe
                    key={embed.clone()}
                    src={embed}
                    title="Preview"
                    data-testid="preview"
                    width={width.to_string()}
                    height={height.to_string()}
                    style={format!("transform: scale({}.{:03})", permille / 1_000, permille % 1_000)}
                />
            </div>
        </>
    }
}

const THEMES: [&str; 3] = ["auto", "light", "dark"];

/// Selects what is to be copied by hand.
fn select(id: &str) {
    let Some(element) = browser::element(id) else { return };
    browser::focus(&element);
    if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
        input.select();
    } else if let Some(area) = element.dyn_ref::<HtmlTextAreaElement>() {
        area.select();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embed::{Beside, Embed};

    const PAGE: &str = "https://a.example/raft/raftlab.html";

    fn read(choice: Choice) -> Embed {
        let address = Address::read("#t=5").expect("a right hash");
        let embed = choice.embed(PAGE, &address);
        let (_, rest) = embed.split_once('?').expect("a query");
        let (query, hash) = rest.split_once('#').expect("a hash");
        assert_eq!(Address::read(hash), Ok(address));
        let (embed, wrong) = Embed::read(query);
        assert_eq!(wrong, Vec::<String>::new());
        embed.expect("it embeds")
    }

    #[test]
    fn an_embed_is_what_was_chosen() {
        let embed = read(Choice::default());
        assert_eq!(embed, Embed::default(), "at a moment it does not play by itself");
        let embed = read(Choice {
            theme: "dark",
            plays: Some(true),
            has_controls: false,
            has_story: false,
            ..Choice::default()
        });
        assert_eq!(embed.autoplay, Some(true));
        assert_eq!(embed.theme, Some(crate::theme::Theme::Dark));
        assert!(!embed.has_controls && embed.has_timeline && embed.beside == Beside::Nothing);
        let nothing = Choice { has_story: false, has_timeline: false, ..Choice::default() };
        assert!(!read(nothing).has_timeline);
    }

    #[test]
    fn from_the_beginning_playing_is_the_default() {
        let address = Address::default();
        let playing = Choice::default().embed(PAGE, &address);
        assert!(!playing.contains("autoplay"), "{playing}");
        let still =
            Choice { plays: Some(false), ..Choice::default() }.embed("p?course=7", &address);
        assert!(still.starts_with("p?course=7&embed=1&autoplay=0#"), "{still}");
    }

    #[test]
    fn the_snippet_stands_in_a_page_whatever_the_title() {
        let choice = Choice::default();
        let embed = choice.embed(PAGE, &Address::default());
        let snippet = choice.snippet(&embed, "A \"phantom\" <leader> & more", true);
        assert!(snippet.contains("title=\"Raft: A &quot;phantom&quot; &lt;leader> &amp; more\""));
        assert!(snippet.contains("scenario=leader-crash&amp;seed=42\""), "{snippet}");
        assert!(snippet.contains("width=\"800\" height=\"450\"") && snippet.contains(SANDBOX));
        assert!(!choice.snippet(&embed, "", false).contains("sandbox"));
    }
}
