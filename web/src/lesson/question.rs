//! Questions: how they are answered, whether an answer is right, and what is told then.

use super::Wish;
use super::course::Given;
use super::narration::Voice;
use crate::app::Msg;
use crate::browser;
use raft_core::NodeId;
use raft_lessons::{Answer, Kind, Question};
use raft_sim::Host;
use yew::prelude::*;

/// An answer that the reader has not committed to yet.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Draft {
    choice: Option<usize>,
    pub(super) order: Vec<u16>,
    node: Option<NodeId>,
    text: String,
}

impl Draft {
    /// Before anything was chosen; what is to be put in order is in some other order.
    pub(super) fn of(question: &Question, answer: &Answer) -> Draft {
        let mut draft = Draft::default();
        if let (Kind::Order(items), Answer::Order(right)) = (&question.kind, answer) {
            // The same for everyone, so that two who sit side by side see the same.
            let salt = question.name.bytes().map(u32::from).sum::<u32>();
            let mut places: Vec<u16> = (0..items.len() as u16).collect();
            places.sort_by_key(|place| (u32::from(*place) + 1).wrapping_mul(salt | 1) % 101);
            if places == *right {
                places.reverse();
            }
            draft.order = places;
        }
        draft
    }

    /// Does what the reader wants of it.
    pub(super) fn change(&mut self, wish: &Wish) {
        match wish {
            Wish::Choose(place) => self.choice = Some(*place),
            Wish::Lift(place) if *place > 0 && *place < self.order.len() => {
                self.order.swap(place - 1, *place);
            }
            Wish::Node(node) => self.node = Some(*node),
            Wish::Typed(text) => self.text.clone_from(text),
            _ => {}
        }
    }

    /// Whether that is an answer; else what is missing.
    pub(super) fn lacks(&self, kind: &Kind) -> Option<&'static str> {
        match kind {
            Kind::Choice(_) => self.choice.is_none().then_some("Choose one."),
            Kind::Order(_) => None,
            Kind::Node(_) => self.node.is_none().then_some("Choose a node."),
            Kind::Blank(_) => self.text.trim().is_empty().then_some("Write a word."),
            Kind::Number { .. } => number(&self.text).is_none().then_some("Write a whole number."),
        }
    }

    /// What the reader commits to, and whether it is right; `None` where it is no answer yet.
    pub(super) fn given(
        &self,
        question: &Question,
        answer: &Answer,
        voice: Voice<'_>,
    ) -> Option<Given> {
        if self.lacks(&question.kind).is_some() {
            return None;
        }
        let said = match &question.kind {
            Kind::Choice(choices) => voice.plain(&choices.get(self.choice?)?.text),
            Kind::Order(_) => ordered(&question.kind, &self.order, voice),
            Kind::Node(_) => self.node?.to_string(),
            Kind::Blank(_) | Kind::Number { .. } => self.text.trim().to_owned(),
        };
        Some(Given::Answered { said, is_right: self.is_right(answer) })
    }

    fn is_right(&self, answer: &Answer) -> bool {
        match answer {
            Answer::Choice(place) => self.choice == Some(usize::from(*place)),
            Answer::Order(order) => self.order == *order,
            Answer::Node(node) => self.node == Some(*node),
            Answer::Word(words) => {
                let typed = self.text.trim();
                words.iter().any(|word| word.eq_ignore_ascii_case(typed))
            }
            Answer::Number { is, within } => {
                number(&self.text).is_some_and(|number| number.abs_diff(*is) <= *within)
            }
        }
    }
}

/// A whole number, as people write it: with a unit behind it, or spaces in it.
fn number(text: &str) -> Option<u64> {
    let text: String = text.chars().filter(|it| !it.is_whitespace() && *it != ',').collect();
    let digits = text.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    digits.bytes().all(|it| it.is_ascii_digit()).then(|| digits.parse().ok()).flatten()
}

fn ordered(kind: &Kind, order: &[u16], voice: Voice<'_>) -> String {
    let Kind::Order(items) = kind else { return String::new() };
    let items = order.iter().filter_map(|place| items.get(usize::from(*place)));
    items.map(|item| voice.plain(&item.text)).collect::<Vec<_>>().join("; ")
}

/// The right answer, in words.
fn spelled(question: &Question, answer: &Answer, voice: Voice<'_>) -> String {
    match (&question.kind, answer) {
        (Kind::Choice(choices), Answer::Choice(place)) => {
            choices.get(usize::from(*place)).map_or(String::new(), |it| voice.plain(&it.text))
        }
        (kind, Answer::Order(order)) => ordered(kind, order, voice),
        (_, Answer::Node(node)) => node.to_string(),
        (_, Answer::Word(words)) => words.first().cloned().unwrap_or_default(),
        (_, Answer::Number { is, .. }) => is.to_string(),
        _ => String::new(),
    }
}

/// What a question needs to be asked.
pub(super) struct Asked<'a, 'v> {
    pub(super) question: &'a Question,
    pub(super) draft: &'a Draft,
    pub(super) hosts: &'a [Host],
    pub(super) voice: Voice<'v>,
    pub(super) on_message: &'a Callback<Msg>,
}

/// The form, whose buttons stand below what is scrolled.
pub(super) const FORM: &str = "lesson-question";

/// A question that is open.
pub(super) fn asked(asked: &Asked<'_, '_>) -> Html {
    let Asked { question, voice, on_message, .. } = asked;
    let commit = on_message.reform(|event: SubmitEvent| {
        event.prevent_default();
        Msg::Lesson(Wish::Commit)
    });
    html! {
        <form id={FORM} class="question" data-testid="question" data-kind={kind(question)} onsubmit={commit}>
            <p class="kicker">{ "What do you expect?" }</p>
            <fieldset>
                <legend>{ voice.pieces(&question.ask) }</legend>
                { field(asked) }
            </fieldset>
        </form>
    }
}

fn kind(question: &Question) -> &'static str {
    match question.kind {
        Kind::Choice(_) => "choice",
        Kind::Order(_) => "order",
        Kind::Node(_) => "node",
        Kind::Blank(_) => "blank",
        Kind::Number { .. } => "number",
    }
}

fn field(asked: &Asked<'_, '_>) -> Html {
    let Asked { question, draft, hosts, voice, on_message, .. } = asked;
    let radio = |place: String, is_chosen: bool, text: Html, wish: Wish| {
        let choose = on_message.reform(move |_: Event| Msg::Lesson(wish.clone()));
        html! {
            <label class="answer">
                <input type="radio" name="answer" value={place} checked={is_chosen} onchange={choose} />
                <span>{ text }</span>
            </label>
        }
    };
    match &question.kind {
        Kind::Choice(choices) => html! {
            <div class="answers">
                { for choices.iter().enumerate().map(|(place, choice)| {
                    let text = voice.unmarked().pieces(&choice.text);
                    radio(place.to_string(), draft.choice == Some(place), text, Wish::Choose(place))
                }) }
            </div>
        },
        Kind::Node(_) => html! {
            <>
                <p class="hint">{ "Choose it here, or on the stage." }</p>
                <div class="answers of-nodes">
                    { for hosts.iter().map(Host::id).map(|id| {
                        let name = id.to_string();
                        radio(name.clone(), draft.node == Some(id), html! { { name } }, Wish::Node(id))
                    }) }
                </div>
            </>
        },
        Kind::Order(items) => html! {
            <ol class="order">
                { for draft.order.iter().enumerate().filter_map(|(at, place)| {
                    let item = items.get(usize::from(*place))?;
                    let name = voice.plain(&item.text);
                    let button = |lifted: usize, is_possible: bool, sign: &'static str, way: &str| {
                        let lift = on_message.reform(move |_: MouseEvent| {
                            Msg::Lesson(Wish::Lift(lifted))
                        });
                        html! {
                            <button
                                type="button"
                                aria-label={format!("{way}: {name}")}
                                disabled={!is_possible}
                                onclick={lift}
                            >
                                { sign }
                            </button>
                        }
                    };
                    let last = draft.order.len() - 1;
                    Some(html! {
                        // With its item, so that the focus goes along.
                        <li key={*place} data-item={place.to_string()}>
                            <span>{ voice.unmarked().pieces(&item.text) }</span>
                            { button(at, at > 0, "↑", "Earlier") }
                            { button(at + 1, at < last, "↓", "Later") }
                        </li>
                    })
                }) }
            </ol>
        },
        Kind::Blank(_) | Kind::Number { .. } => {
            let is_number = matches!(question.kind, Kind::Number { .. });
            let typed = on_message
                .reform(|event: InputEvent| Msg::Lesson(Wish::Typed(browser::typed(&event))));
            html! {
                <label class="typed">
                    <span>{ if is_number { "A number" } else { "What belongs in the gap" } }</span>
                    <input
                        type="text"
                        data-testid="typed"
                        inputmode={is_number.then_some("numeric")}
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        value={draft.text.clone()}
                        oninput={typed}
                    />
                </label>
            }
        }
    }
}

/// What is told at once to who has answered.
pub(super) fn verdict(question: &Question, given: &Given, voice: Voice<'_>) -> Html {
    let (class, heading) = match given.verdict() {
        Some(true) => ("verdict is-right", "Right."),
        Some(false) => ("verdict is-wrong", "Not so."),
        None => ("verdict", "Then see."),
    };
    let reply = match (&question.kind, given) {
        (Kind::Choice(choices), Given::Answered { said, .. }) => {
            let chosen = choices.iter().find(|choice| voice.plain(&choice.text) == *said);
            chosen.map(|choice| voice.pieces(&choice.reply)).unwrap_or_default()
        }
        _ => Html::default(),
    };
    html! {
        <div class={class} data-testid="verdict-now" role="status">
            <p class="asked">{ voice.pieces(&question.ask) }</p>
            if let Given::Answered { said, .. } = given {
                <p>{ "You said: " }<b>{ said }</b></p>
            }
            <p><strong>{ heading }</strong>{ " " }{ reply }</p>
            <p class="hint">{ "Go on, and see what happens." }</p>
        </div>
    }
}

/// What is told once the run has shown it.
pub(super) fn explained(
    question: &Question,
    given: &Given,
    answer: &Answer,
    voice: Voice<'_>,
) -> Html {
    let class = match given.verdict() {
        Some(true) => "explained-answer is-right",
        Some(false) => "explained-answer is-wrong",
        None => "explained-answer",
    };
    html! {
        <section class={class} data-testid="explained" data-question={question.name.clone()}>
            <p class="asked">{ voice.pieces(&question.ask) }</p>
            <p>
                if given.verdict() == Some(true) {
                    <span class="mark" aria-hidden="true">{ "✓ " }</span>{ "As you said: " }
                } else if let Given::Answered { said, .. } = given {
                    <span class="mark" aria-hidden="true">{ "✕ " }</span>{ format!("You said “{said}”. It is: ") }
                } else {
                    { "It is: " }
                }
                <b>{ spelled(question, answer, voice) }</b>
            </p>
            { voice.blocks(&question.explain) }
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_lessons::{Telling, tell};

    fn each_question(check: impl Fn(&Question, &Answer, &Telling)) {
        for built_in in raft_lessons::list() {
            let lesson = built_in.lesson();
            let telling = tell(&lesson, lesson.seed).expect("it is told");
            for (question, answer) in lesson.questions.iter().zip(&telling.answers) {
                check(question, answer.as_ref().expect("it has an answer"), &telling);
            }
        }
    }

    fn draft_of(question: &Question, answer: &Answer) -> Draft {
        let mut draft = Draft::of(question, answer);
        match answer {
            Answer::Choice(place) => draft.change(&Wish::Choose(usize::from(*place))),
            Answer::Node(node) => draft.change(&Wish::Node(*node)),
            Answer::Word(words) => {
                draft.change(&Wish::Typed(format!(" {} ", words[0].to_ascii_uppercase())))
            }
            Answer::Number { is, .. } => draft.change(&Wish::Typed(is.to_string())),
            Answer::Order(order) => {
                // Each item is lifted to its place, as a reader would.
                for (to, item) in order.iter().enumerate() {
                    let from = draft.order.iter().position(|it| it == item).expect("it is there");
                    (to + 1..=from).rev().for_each(|place| draft.change(&Wish::Lift(place)));
                }
            }
        }
        draft
    }

    #[test]
    fn the_right_answer_to_every_question_is_right_and_nothing_is_before_one_chose() {
        each_question(|question, answer, telling| {
            let voice = Voice { telling, is_embedded: false, terms: None };
            let empty = Draft::of(question, answer);
            let given = empty.given(question, answer, voice);
            assert_ne!(given.and_then(|it| it.verdict()), Some(true), "{}", question.name);
            let given = draft_of(question, answer).given(question, answer, voice);
            assert_eq!(given.and_then(|it| it.verdict()), Some(true), "{}", question.name);
        });
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        for (text, is) in [
            ("42", Some(42)),
            (" 1 204", Some(1_204)),
            ("150 ms", Some(150)),
            ("1,204", Some(1_204)),
        ] {
            assert_eq!(number(text), is, "{text}");
        }
        for text in ["", "ms", "-3", "4.5", "two", "99999999999999999999999"] {
            assert_eq!(number(text), None, "{text}");
        }
    }

    #[test]
    fn a_number_may_be_off_by_what_the_question_says() {
        let right = |text: &str| {
            let draft = Draft { text: text.to_owned(), ..Draft::default() };
            draft.is_right(&Answer::Number { is: 150, within: 20 })
        };
        assert!(right("130") && right("170") && !right("129") && !right("171"));
    }
}
