//! What is read takes memory within bounds, whoever wrote it: each byte that is allocated
//! meanwhile is counted.
#![cfg(not(target_arch = "wasm32"))]

use peak_alloc::PeakAlloc;
use raft_sim::document::{MOST_PACKED_BYTES, MOST_TEXT_BYTES};
use raft_sim::trace::check;
use raft_sim::{Document, Plan};
use std::fmt::Write;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// The most that reading a scenario takes, in bytes: a text of half a megabyte, most of its
/// bytes an item of a list.
const MOST_OF_A_TEXT: usize = 150 << 20;
/// The same for a packed one, of 64 kB.
const MOST_OF_A_PACKED: usize = 16 << 20;
/// So many times the bytes of a trace are taken at most, beside what a run of ours takes.
const TIMES_A_TRACE: usize = 40;

fn peak_of<T>(what: impl FnOnce() -> T) -> usize {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    drop(what());
    ALLOCATED.peak_usage().saturating_sub(before)
}

/// The beginning, as many of these as there is room for, and the end.
fn filled(most: usize, beginning: &str, item: &str, end: &str) -> String {
    let count = (most - beginning.len() - end.len()) / item.len();
    [beginning, &item.repeat(count), end].concat()
}

/// One test, for what is counted is what the whole process allocates.
#[test]
fn reading_takes_no_more_memory_than_it_may() {
    let most = MOST_TEXT_BYTES;
    for toml in [
        filled(most, "a = [", "1,", "1]"),
        filled(most, "a = [", "[],", "[]]"),
        filled(most, "a = [", "{},", "{}]"),
        filled(most, "a = [", "{a=1},", "{}]"),
        filled(most, "", "[[steps]]\n", ""),
        filled(most, "title = \"", "\\n", "\""),
        filled(most, "", "[", ""),
        filled(most, "a", ".a", "=1"),
        filled(most, "", "a=1\n", ""),
        filled(most, "", "\n", ""),
        filled(most, "", "\"", ""),
        filled(most, "raftlab=1\nnodes=3\nduration=\"1 s\"\n", "[[rules]]\nwhen=\"x\"\n", ""),
        filled(most, "raftlab=1\nnodes=3\nduration=\"1 s\"\n", "[[clients]]\nwork=\"write\"\n", ""),
        filled(most, "raftlab=1\nnodes=9\nduration=\"1 s\"\n[[initial]]\nnodes=\"A\"\nlog=\"", "1 ", "\""),
        filled(most, "raftlab=1\nnodes=9\nduration=\"1 s\"\n[[initial]]\nnodes=\"ABCDEFGHI\"\nlog=\"", "1*20000 ", "\""),
        "raftlab=1\nnodes=9\nduration=\"1 s\"\n[[initial]]\nnodes=\"ABCDEFGHI\"\nterm=2\nlog=\"1*20000:x=1\"".into(),
    ] {
        let peak = peak_of(|| Document::from_toml(&toml));
        println!("{:>6} kB for {}", peak >> 10, &toml[..toml.len().min(70)].escape_debug());
        assert!(peak <= MOST_OF_A_TEXT, "{peak} bytes");
    }
    for json in [
        filled(most, "{\"a\":[", "1,", "1]}"),
        filled(most, "{\"a\":[", "[],", "[]]}"),
        filled(most, "{\"a\":[", "{},", "{}]}"),
        filled(most, "{", "\"\":1,", "\"\":1}"),
        filled(most, "{\"a\":[", "{\"\":1},", "{}]}"),
        filled(most, "{\"steps\":[", "{},", "{}]}"),
        filled(most, "", "[", ""),
        filled(most, "{\"title\":\"", "\\n", "\"}"),
    ] {
        let peak = peak_of(|| Document::from_json(&json));
        println!("{:>6} kB for {}", peak >> 10, &json[..json.len().min(70)]);
        assert!(peak <= MOST_OF_A_TEXT, "{peak} bytes");
    }
    let small =
        Document::from_toml("raftlab=1\nnodes=3\nduration=\"1 s\"\n").expect("it can be run");
    for place in 1..small.to_packed().len() {
        for byte in [0, 1, 0x40, 0x7f, 0xff] {
            // Whatever list may begin here has as many items as there are bytes.
            let mut packed = small.to_packed();
            packed.truncate(place);
            packed.extend([0x80, 0xff, 0x03]);
            packed.resize(MOST_PACKED_BYTES, byte);
            let peak = peak_of(|| {
                let document = Document::from_packed(&packed)?;
                Ok::<_, raft_sim::document::PackedError>(
                    document.scenario().map(|scenario| Plan::new(scenario, 1, Vec::new())),
                )
            });
            assert!(peak <= MOST_OF_A_PACKED, "{peak} bytes, {byte} from {place}");
        }
    }
    let head = "{\"format\":\"raftlab-observed-trace\",\"version\":1,\"implementation\":\"x\",\
                \"nodes\":[\"a\",\"b\"],\"tells\":[\"votes\",\"logs\",\"commits\",\"applies\",\
                \"messages\",\"operations\"]}\n";
    let lines: [fn(usize) -> String; 8] = [
        |it| format!("{{\"voted\":{{\"node\":\"a\",\"candidate\":\"b\",\"term\":{it}}}}}"),
        |it| format!("{{\"role\":{{\"node\":\"a\",\"role\":\"leader\",\"term\":{it}}}}}"),
        |it| {
            format!(
                "{{\"appended\":{{\"node\":\"a\",\"first\":{},\"entries\":[{{\"term\":1}}]}}}}",
                it + 1
            )
        },
        |it| {
            format!(
                "{{\"appended\":{{\"node\":\"a\",\"first\":{},\"entries\":[{{\"term\":1,\"value\":\"{it}\"}}]}}}}",
                it + 1
            )
        },
        |it| {
            format!(
                "{{\"sent\":{{\"message\":{it},\"from\":\"a\",\"to\":\"b\",\"kind\":\"timeout-now\"}}}}"
            )
        },
        |it| {
            format!(
                "{{\"applied\":{{\"node\":\"a\",\"index\":{},\"term\":1,\"value\":\"{it}\"}}}}",
                it + 1
            )
        },
        |it| {
            format!(
                "{{\"operation-began\":{{\"operation\":{it},\"client\":\"a\",\"key\":\"{it}\",\"write\":\"x\"}}}}"
            )
        },
        |it| format!("{{\"snapshot\":{{\"node\":\"a\",\"index\":{},\"term\":1}}}}", it + 1),
    ];
    for line in lines {
        let mut text = head.to_string();
        for it in 0..20_000 {
            writeln!(text, "{{\"at\":{it},\"what\":{}}}", line(it)).expect("a text takes all");
        }
        let peak = peak_of(|| check(text.as_bytes()));
        println!("{:>4.1} times the bytes for {}", peak as f64 / text.len() as f64, line(0));
        assert!(peak <= text.len() * TIMES_A_TRACE, "{peak} bytes");
    }
    let entries = filled(
        4 << 20,
        "{\"at\":1,\"what\":{\"appended\":{\"node\":\"a\",\"first\":1,\"entries\":[",
        "{\"term\":1},",
        "{\"term\":1}]}}}\n",
    );
    for text in [
        [head, &entries].concat(),
        [head, &filled(4 << 20, "", "[", "")].concat(),
        filled(
            4 << 20,
            "{\"format\":\"raftlab-observed-trace\",\"version\":1,\"implementation\":\"x\",\"tells\":[],\"nodes\":[",
            "\"\",",
            "\"\"]}\n",
        ),
        filled(
            4 << 20,
            "{\"format\":\"raftlab-trace\",\"version\":2,\"seed\":1,\"interventions\":[",
            "{\"at\":\"1 ms\",\"do\":\"heal\"},",
            "1]}\n",
        ),
        filled(4 << 20, "", "\n", ""),
        filled(4 << 20, "{\"x\":\"", "x", "\"}\n"),
    ] {
        let peak = peak_of(|| check(text.as_bytes()));
        println!(
            "{:>4.1} times the bytes for {}",
            peak as f64 / text.len() as f64,
            &text[text.len().min(300) - 60..text.len().min(300)]
        );
        assert!(peak <= text.len() * TIMES_A_TRACE, "{peak} bytes");
    }
}
