//! The front page: the course, by groups, and where the reader is in it.

use super::Told;
use super::html::{self, Page, escaped};
use std::fmt::Write as _;

const DESCRIPTION: &str = "A course on the Raft consensus algorithm that one plays: elections, logs, \
     members, snapshots and reads, in a real simulation, each claim checked.";

/// Where the reader is, as the page that plays the lessons keeps it: a line a lesson, with a word
/// for each question that was answered.
const WHERE: &str = r#"<script>
try {
  for (const line of (localStorage.getItem("raftlab-lessons") ?? "").split("\n")) {
    const [name, ...answers] = line.split(" ");
    const place = document.querySelector(`[data-lesson="${CSS.escape(name)}"] .steps`);
    if (!place || answers.length === 0) continue;
    const all = Number(place.dataset.questions);
    const done = answers.length >= all;
    place.textContent += done ? " · done" : ` · ${answers.length} of ${all} questions`;
    place.classList.toggle("done", done);
  }
} catch {}
</script>
"#;

pub(super) fn page(course: &[Told], site: Option<&str>) -> String {
    let mut body = String::new();
    let first = course.first();
    let hero = first.map_or("", |told| told.drawn.small.as_str());
    let start = first.map_or("", |told| told.built_in.name);
    let _ = write!(
        body,
        "<section class=\"hero\">\n<div>\n<h1>Watch Raft. Break it. See why it holds.</h1>\n\
         <p>A real Raft cluster, simulated in your browser. Nothing is drawn that did not happen.</p>\n\
         <p class=\"ways\"><a class=\"primary\" href=\"../#lesson={start}\">Start lesson 1</a>\n\
         <a class=\"button\" href=\"../#free=5\">Free play</a></p>\n</div>\n\
         <div class=\"picture\">{hero}</div>\n</section>\n"
    );
    // In the order in which the groups first come.
    let mut groups: Vec<&str> = Vec::new();
    for told in course {
        if !groups.contains(&told.built_in.group) {
            groups.push(told.built_in.group);
        }
    }
    for group in groups {
        let _ = writeln!(body, "<section>\n<h2>{}</h2>\n<ul class=\"cards\">", escaped(group));
        for told in course.iter().filter(|told| told.built_in.group == group) {
            let (name, title) = (told.built_in.name, escaped(told.built_in.title));
            let (steps, questions) = (told.lesson.steps.len(), told.lesson.questions.len());
            let _ = writeln!(
                body,
                "<li class=\"card\" data-lesson=\"{name}\">\n<span class=\"drawn\">{}</span>\n\
                 <div>\n<h3><a href=\"{name}.html\">{title}</a></h3>\n\
                 <p class=\"steps\" data-questions=\"{questions}\">{steps} steps</p>\n</div>\n</li>",
                told.drawn.small
            );
        }
        body.push_str("</ul>\n</section>\n");
    }
    let picture = first.map(|told| format!("{}.png", told.built_in.name));
    let page = Page {
        title: "Raftlab: a course on Raft that one plays",
        description: DESCRIPTION,
        file: "index.html",
        picture: picture.as_deref(),
        site,
        is_front: true,
    };
    html::page(&page, &body, WHERE)
}
