//! Running other programs: with a limit on their time, with a sign of life
//! while they are silent, and with their last words kept for when they fail.

use anyhow::{Context, Result, anyhow, bail};
use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often a long silent step says that it is still at work.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The cargo that runs us.
pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The program of that name on the PATH.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find_map(|folder| in_folder(&folder, name))
}

/// The program of that name in the folder, with the ending that the system wants.
pub(crate) fn in_folder(folder: &Path, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    let candidates = endings.iter().map(|ending| folder.join(format!("{name}{ending}")));
    candidates.into_iter().find(|candidate| is_program(candidate))
}

fn is_program(path: &Path) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    metadata.is_file()
}

/// The command as a person would type it.
pub(crate) fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn start(command: &mut Command) -> Result<Child> {
    command.stdin(Stdio::null());
    command.spawn().with_context(|| format!("cannot start `{}`", words(command)))
}

/// Runs to the end with the output going where ours goes. An error if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = start(command)?.wait()?;
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status})", words(command))
}

/// What a program printed, and how it ended.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Runs silently, for at most `limit`, and hands back what was printed however
/// it ended. An error if it could not be started or had to be stopped.
pub(crate) fn capture(command: &mut Command, limit: Duration) -> Result<Ended> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let stdout = read_all(child.stdout.take().expect("stdout is piped"));
    let stderr = read_all(child.stderr.take().expect("stderr is piped"));
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if begun.elapsed() > limit {
            // It may have ended in this very moment, and then there is nothing to stop.
            let _ = child.kill();
            let _ = child.wait();
            bail!("`{}` took longer than {} s and was stopped", words(command), limit.as_secs());
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // A grandchild may keep the pipe open after the program has ended.
    let text = |from: mpsc::Receiver<String>| {
        from.recv_timeout(Duration::from_secs(5)).unwrap_or_default()
    };
    Ok(Ended { status, stdout: text(stdout), stderr: text(stderr) })
}

fn read_all(mut from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // Half an answer is still worth showing.
        let _ = from.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// What a program that must succeed printed on its standard output.
pub(crate) fn output_of(command: &mut Command, limit: Duration) -> Result<String> {
    let ended = capture(command, limit)?;
    if ended.status.success() {
        return Ok(ended.stdout);
    }
    bail!("`{}` failed ({}):\n{}", words(command), ended.status, last_lines(&ended.stderr, 15))
}

/// The last lines of a text, indented and not too long, for an error message.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let from = lines.len().saturating_sub(count);
    let shorter = |line: &&str| {
        let mut line: String = format!("    {line}");
        if let Some((end, _)) = line.char_indices().nth(180) {
            line.truncate(end);
            line.push('…');
        }
        line
    };
    let kept: Vec<String> = lines[from..].iter().map(shorter).collect();
    kept.join("\n")
}

/// Runs a long step whose own output is of no interest while it goes well: says
/// every few seconds how long it has been at work and on what, keeps all the
/// output in `log`, and shows its end if it fails.
pub(crate) fn with_heartbeat(command: &mut Command, what: &str, log: &Path) -> Result<()> {
    let text = words(command);
    let mut file =
        std::fs::File::create(log).with_context(|| format!("cannot write {}", log.display()))?;
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel::<String>();
    read_lines(child.stdout.take().expect("stdout is piped"), sender.clone());
    read_lines(child.stderr.take().expect("stderr is piped"), sender);

    let begun = Instant::now();
    let mut told = begun;
    let mut kept: VecDeque<String> = VecDeque::new();
    let mut progress = Progress::default();
    loop {
        match lines.recv_timeout(Duration::from_millis(500)) {
            Ok(line) => {
                writeln!(file, "{line}")?;
                progress.note(&line);
                kept.push_back(line);
                if kept.len() > 25 {
                    kept.pop_front();
                }
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {}
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
        }
        if told.elapsed() >= HEARTBEAT {
            told = Instant::now();
            say(&format!("      {what}: {} so far{progress}", elapsed(begun.elapsed())));
        }
    }
    let status = child.wait()?;
    if status.success() {
        return Ok(());
    }
    let shown: Vec<String> = kept.into();
    Err(anyhow!(
        "`{text}` failed ({status}). The end of what it said (all of it is in {}):\n{}",
        log.display(),
        last_lines(&shown.join("\n"), 8)
    ))
}

fn read_lines(from: impl Read + Send + 'static, sender: mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).split(b'\n') {
            let Ok(line) = line else { return };
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
}

/// What cargo's lines tell of how far it is.
#[derive(Default)]
struct Progress {
    compiled: usize,
    latest: String,
}

impl Progress {
    fn note(&mut self, line: &str) {
        let line = line.trim_start();
        if let Some(package) = line.strip_prefix("Compiling ") {
            self.compiled += 1;
            self.latest = package.split(" (").next().unwrap_or(package).to_owned();
        }
    }
}

impl std::fmt::Display for Progress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.compiled == 0 {
            return Ok(());
        }
        write!(out, ", {} crates, now {}", self.compiled, self.latest)
    }
}

/// Runs with the output shown as it comes, and hands all of it back as well, so
/// that a tool's own summary can be read.
pub(crate) fn shown_and_kept(command: &mut Command) -> Result<(ExitStatus, String)> {
    let mut child = start(command.stdout(Stdio::piped()).stderr(Stdio::piped()))?;
    let (sender, lines) = mpsc::channel::<String>();
    read_lines(child.stdout.take().expect("stdout is piped"), sender.clone());
    read_lines(child.stderr.take().expect("stderr is piped"), sender);
    let mut text = String::new();
    for line in lines {
        say(&line);
        text.push_str(&line);
        text.push('\n');
    }
    Ok((child.wait()?, text))
}

/// Prints a line at once, also into a pipe.
pub(crate) fn say(line: &str) {
    if cfg!(test) {
        // The test harness keeps this for itself.
        println!("{line}");
        return;
    }
    let mut out = std::io::stdout().lock();
    // Nobody reads us any more: the work is still worth finishing.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A duration as people say it.
pub(crate) fn elapsed(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{seconds} s")
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_takes_too_long_is_stopped() {
        let begun = Instant::now();
        let ended = capture(Command::new("sleep").arg("30"), Duration::from_millis(100));
        let error = ended.err().expect("it must have been stopped");
        assert!(error.to_string().contains("sleep 30"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn both_streams_are_kept() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let ended = capture(&mut command, Duration::from_secs(10)).unwrap();
        assert_eq!(ended.status.code(), Some(3));
        assert_eq!((ended.stdout.trim(), ended.stderr.trim()), ("out", "err"));
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let error = run(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert!(error.to_string().contains("no-such-program-anywhere"));
    }

    #[test]
    fn progress_counts_crates() {
        let mut progress = Progress::default();
        progress.note("   Compiling libc v0.2.1");
        progress.note("   Compiling trunk v0.21.14 (/somewhere)");
        assert_eq!(progress.to_string(), ", 2 crates, now trunk v0.21.14");
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(elapsed(Duration::from_secs(59)), "59 s");
        assert_eq!(elapsed(Duration::from_secs(61)), "1 min 01 s");
    }
}
